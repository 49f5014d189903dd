import { POWER_ON } from '../../twin/virtual.js'
import type { Ledger } from '../ledger.js'
import { SampleLedger, type Span } from '../sample-ledger.js'
import { eventOf, type Incident } from '../schedule.js'
import { METER, RADIO, type World } from '../world.js'
import type { Checker, Delivered, Reading } from './checker.js'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000

/** Two samples of a radio meter are at most this many s apart: a minute and one of its telegrams. */
const RADIO_PERIOD = 78
/** The radio path recovers in this many s: the device notices silence after 5 minutes and searches every minute. */
const RADIO_RECOVERY = 450

/** A reading begins every minute and ends within 2 s; after a fault of the line it may have to wait for the next. */
const READING_PERIOD = 66 * SECOND
const READING_RECOVERY = 90 * SECOND

/** A date may be wrong by so many s without a lie. */
const DATE_TOLERANCE = 2

/** Telegrams that a boot hears were sent at most this long before. */
const OLDEST_TELEGRAM = 10 * MINUTE
/** An orderly restart begins to shut down at most this long before the boot. */
const SHUTTING_DOWN = 20 * SECOND

/** No sample is lost, and none is doubled. */
export class SamplesChecker implements Checker {
  readonly meter: SampleLedger
  readonly radio: SampleLedger
  /** Samples of the MULTICAL in each hour. */
  readonly takenPerHour: number[]
  readonly deliveredPerHour: number[]
  #world: World
  #ledger: Ledger
  /** Seconds in which the way of the radio meter is disturbed or recovers. */
  #excused: Uint8Array
  #lastReading = 0
  /** When the journal's flash took nothing, in s from power-on. */
  #refusals: Span[] = []

  constructor(world: World, ledger: Ledger, seconds: number) {
    this.#world = world
    this.#ledger = ledger
    const hours = Math.ceil(seconds / 3_600)
    this.takenPerHour = new Array(hours).fill(0)
    this.deliveredPerHour = new Array(hours).fill(0)
    this.#excused = new Uint8Array(seconds)
    this.meter = new SampleLedger('MULTICAL', seconds)
    this.radio = new SampleLedger('FlowIQ', seconds)
    this.#excuse(0, 0)
  }

  get byteLength(): number {
    return this.#excused.byteLength + this.meter.byteLength + this.radio.byteLength
  }

  onIncident(incident: Incident): void {
    const { kind, at, length } = incident
    if (eventOf(incident).part === 'ble') this.#excuse(at, at + length)
    if (kind === 'journal refuses')
      this.#refusals.push({ from: Math.floor(at / SECOND) - 1, until: Math.ceil((at + length) / SECOND) + 1 })
  }

  onPowerCut(length: number): void {
    const now = this.#world.clock.now()
    this.#endBoot(now)
    this.#excuse(now, now + length)
  }

  onRestart(): void {
    const now = this.#world.clock.now()
    this.#endBoot(now)
    this.#excuse(now - SHUTTING_DOWN, now)
  }

  onBoot(): void {
    this.#lastReading = this.#world.bootedAt
  }

  onReading({ end, isNamed }: Reading): void {
    const { lineGoodSince, bootedAt } = this.#world
    const since = Math.max(this.#lastReading, lineGoodSince)
    const patience = since === this.#lastReading && since > bootedAt ? READING_PERIOD : READING_RECOVERY
    if (end - since > patience) {
      this.meter.lost++
      this.meter.expected++
      this.#ledger.violate('lost', `the meter was not asked for ${((end - since) / SECOND).toFixed(1)} s`)
    }
    this.#lastReading = end
    // A reading under another number counts only when two more follow (docs/soak.md).
    if (!isNamed) return
    this.meter.take(Math.floor(end / SECOND))
    this.takenPerHour[Math.floor(end / HOUR)]!++
  }

  onDelivered(message: Delivered): void {
    const { kind, serial, time, at, text } = message
    if (kind !== 'sample') return
    const samples = serial === RADIO ? this.radio : this.meter
    const told = time - POWER_ON / SECOND
    if (samples === this.radio && this.#world.lies.mayBeWrong(told)) return
    if (samples === this.radio && text !== undefined) this.#checkTotal(text)
    const second = samples === this.meter && text !== undefined ? this.#secondOf(message, told) : told
    if (second === undefined) return
    const forgotAt = Math.floor(this.#world.broker.forgotAt / SECOND)
    const violation = samples.passOn(second, Math.floor(at / SECOND), forgotAt, this.#refusals)
    if (violation !== undefined) this.#ledger.note(violation)
    if (samples === this.meter) this.deliveredPerHour[Math.floor(at / HOUR)]!++
  }

  close(): void {
    const end = Math.floor(this.#world.clock.now() / SECOND) - 120
    for (const [from, until] of this.#world.lies.spans()) this.#excuse(from * SECOND, until * SECOND)
    for (const violation of this.meter.close()) this.#ledger.note(violation)
    for (const violation of this.radio.closePeriods(RADIO_PERIOD, end, this.#excused)) this.#ledger.note(violation)
  }

  /** When the meter has told this sample, by the number of its answer; undefined when it never did. */
  #secondOf({ serial, text = '' }: Delivered, told: number): number | undefined {
    const { meter, lies } = this.#world
    const number = /&hr=([0-9]+) h&/.exec(text)?.[1]
    const second = number === undefined ? undefined : meter.endOf(Number(number))
    if (second === undefined || serial !== METER) {
      this.#ledger.violate('forged', `sample of ${serial}: ${text}`)
      return undefined
    }
    const error = told - second
    if (Math.abs(error) > DATE_TOLERANCE && !lies.excuse(second, error))
      this.#ledger.violate('misdated', `sample of ${second} s by ${error} s`)
    return second
  }

  /** The FlowIQ's total is one that it has shown. */
  #checkTotal(text: string): void {
    const [first, last] = this.#world.radioLitres ?? [0, 0]
    const total = Math.round(1_000 * Number(/&v1=([0-9.]+) m3&/.exec(text)?.[1]))
    if (!(total >= first && total <= last)) this.#ledger.violate('forged', `sample of the FlowIQ: ${text}`)
  }

  /** Nobody can date the samples of a boot that ends without the time, nor what it has heard of the radio meter. */
  #endBoot(now: number): void {
    const { knowsTime, bootedAt } = this.#world
    // A sample that flash refused was in memory only.
    for (const { from, until } of this.#refusals) {
      if (until <= bootedAt / SECOND) continue
      this.#excuse(from * SECOND, until * SECOND)
      const start = Math.max(from, Math.floor(bootedAt / SECOND))
      this.meter.giveUp(start, Math.min(until, Math.ceil(now / SECOND)))
    }
    if (knowsTime) return
    this.meter.giveUp(Math.floor(bootedAt / SECOND), Math.ceil(now / SECOND))
    this.#excuse(bootedAt - OLDEST_TELEGRAM, now)
  }

  #excuse(from: number, until: number): void {
    this.#excused.fill(1, Math.max(0, Math.floor(from / SECOND)), Math.ceil(until / SECOND) + RADIO_RECOVERY)
  }
}
