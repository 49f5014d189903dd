import type { MqttConnectOptions } from '../modules/ports/mqtt.js'
import type { VirtualClock } from '../twin/clock.js'
import { nodeCrypto } from '../twin/crypto.js'
import { CutFlash } from '../twin/cut-flash.js'
import { SimulatedFlash } from '../twin/flash.js'
import { seededRandom } from '../twin/random.js'
import type { SimulatedBroker } from '../twin/simulated-broker.js'
import { POWER_ON, testTwin } from '../twin/virtual.js'
import { Operator, type Packet, Stranger } from './actors.js'
import type { Arrival, Checker } from './checkers/checker.js'
import { FlakyStorage } from './flaky-storage.js'
import type { HostileWorld } from './hostile.js'
import { LyingMeter } from './lying-meter.js'
import { TimeLies } from './time-lies.js'

/** The number of the MULTICAL. */
export const METER = '1234567'
/** The number of the FlowIQ. */
export const RADIO = '12345678'

const SECOND = 1_000

/** The device writes within this many ms what flash has refused: 10 minutes after each attempt, and a little. */
const CATCHING_UP = 11 * 60 * SECOND

/** In this many ms the device does all that it has put off to its next turns, and no other packet arrives. */
const JUST_AFTER = 0.001

/** How much somebody on the way keeps: messages to the device, and telegrams of its radio meter. */
const MOST_RECORDED = 300
const MOST_TELEGRAMS = 50

export interface WorldOptions {
  readonly seed: number
  /** The meter numbers its answers, and somebody may damage them. */
  readonly isHostile: boolean
  /** How long the world lasts. */
  readonly seconds: number
}

/** A device with a MULTICAL and a FlowIQ, its surroundings and the actors. It tells the checkers what happens. */
export class World implements HostileWorld {
  readonly random: () => number
  readonly operator: Operator
  readonly stranger: Stranger
  readonly device: ReturnType<typeof testTwin>
  readonly flash: SimulatedFlash
  readonly isHostile: boolean
  readonly storage = new FlakyStorage()
  readonly journalFlash: CutFlash
  readonly lies: TimeLies
  readonly meter: LyingMeter
  readonly recorded: Packet[] = []
  readonly telegrams: Uint8Array[] = []
  /** They are told in this order. */
  checkers: readonly Checker[] = []
  boots = 0
  bootedAt = 0
  isOn = true
  /** Whether a time server has answered since power came. */
  knowsTime = false
  /** kWh that the meter has told last. */
  energy = 0
  /** When the last fault of the line ended; infinity while one lasts. */
  lineGoodSince = 0
  /** Litres that the FlowIQ has shown first and last. */
  radioLitres: readonly [first: number, last: number] | undefined
  #storageFailedAt = Number.NEGATIVE_INFINITY
  #cutLength = 0
  /** Name of the command that the device says it does while a packet arrives. */
  #doing: string | undefined

  constructor({ seed, isHostile, seconds }: WorldOptions) {
    this.isHostile = isHostile
    // The meter is asked once a minute, and twice at most where connections break.
    this.meter = new LyingMeter(seededRandom(seed ^ 0x3e7e), isHostile ? Math.ceil(seconds / 10) : 0)
    this.random = seededRandom(seed ^ 0x50a4)
    const noise = seededRandom(seed ^ 0xc4)
    this.flash = new SimulatedFlash({ sectors: 192, random: seededRandom(seed ^ 0xf1a5) })
    const flash = new CutFlash(this.flash)
    flash.onCut = () => this.cutPower(this.#cutLength)
    this.journalFlash = flash
    this.storage.onFailed = () => {
      this.#storageFailedAt = this.clock.now()
    }
    this.device = testTwin(
      { BLE: '1', SERIAL: METER, WATER_METERS: `${RADIO}:000102030405060708090a0b0c0d0e0f` },
      {
        seed,
        flash,
        storage: this.storage,
        crypto: {
          ...nodeCrypto,
          random: (length) => Uint8Array.from({ length }, () => Math.floor(noise() * 256)),
        },
        connect: (options) => this.broker.connect(this.#listened(options)),
        queryTime: async (server) => {
          const unix = await this.twin.time.query(server)
          if (unix === undefined || !this.isOn || this.twin.wifi.uplink() === undefined) return unix
          const offset = this.lies.offsetOf(server)
          this.lies.onAnswer(server, offset, !this.knowsTime, this.bootedAt / SECOND)
          this.knowsTime = true
          return unix + offset * SECOND
        },
        onSent: (_, { frame, display: { litres } }) => {
          keep(this.telegrams, frame, MOST_TELEGRAMS)
          this.radioLitres = [this.radioLitres?.[0] ?? litres, litres]
        },
        onBoot: () => this.#onBoot(),
        log: (text) => this.#onLog(text),
      },
    )
    this.lies = new TimeLies(this.clock)
    const actors = {
      broker: this.broker,
      envelope: this.device.envelope,
      random: this.random,
      serial: () => this.twin.serial,
      now: () => Math.floor((POWER_ON + this.clock.now()) / SECOND),
      energy: () => this.energy,
    }
    this.operator = new Operator(actors)
    this.stranger = new Stranger(actors, this.operator.heard)
    this.twin.ac1.onChange = (level) => {
      for (const checker of this.checkers) checker.onValve?.(level === 1)
    }
    if (isHostile) this.twin.multical!.tamper = this.meter
    this.twin.multical!.onRegisters = (energy, ms) => this.#onRegisters(energy, ms)
  }

  get twin() {
    return this.device.twin
  }

  get clock(): VirtualClock {
    return this.device.clock
  }

  get broker(): SimulatedBroker {
    return this.device.broker
  }

  get isOpen(): boolean {
    return this.twin.ac1.level === 1
  }

  /** Whether flash for settings fails, or may hold something older than what the device knows because it did. */
  get isStorageBehind(): boolean {
    return this.clock.now() - this.#storageFailedAt < CATCHING_UP
  }

  /** s by which the device's time is wrong, as far as one can see from outside; 0 while it has none. */
  get clockError(): number {
    return this.knowsTime ? this.twin.firmware.seconds() - Math.floor((POWER_ON + this.clock.now()) / SECOND) : 0
  }

  send(name: string, payload?: string): void {
    this.operator.send(name, payload)
  }

  cutPower(ms: number): void {
    if (!this.isOn) return
    this.isOn = false
    for (const checker of this.checkers) checker.onPowerCut?.(ms)
    this.clock.set(() => this.flash.powerOn(), ms)
    this.twin.powerCut(ms)
  }

  cutPowerInWrite(ms: number): void {
    if (!this.isOn) return
    this.#cutLength = ms
    this.flash.cutAt = this.flash.steps + Math.floor(this.random() * 400)
  }

  /** Hands the checkers what the broker has passed on since the last call. */
  readBroker(): void {
    for (const { topic, payload, at } of this.broker.messages) {
      const [, kind = '', , serial = '', time] = topic.split('/')
      const text = this.isHostile && kind === 'sample' ? this.#open(topic, payload) : undefined
      for (const checker of this.checkers) checker.onDelivered?.({ kind, serial, time: Number(time), at, text })
    }
    this.broker.messages.length = 0
    this.broker.wills.length = 0
    this.broker.subscribes.length = 0
  }

  #open(topic: string, payload: Uint8Array): string {
    const opened = this.device.envelope.open(topic, payload, Number.POSITIVE_INFINITY)
    return opened.ok ? opened.value : ''
  }

  #onBoot(): void {
    // The first boot comes before the rest of this world is there.
    if (++this.boots === 1) return
    if (this.isOn) for (const checker of this.checkers) checker.onRestart?.()
    else this.knowsTime = false
    this.isOn = true
    this.bootedAt = this.clock.now()
    for (const checker of this.checkers) checker.onBoot?.()
  }

  /** The meter answers. It is a reading if no fault disturbs the line and the device runs until it has all of it. */
  #onRegisters(energy: number, ms: number): void {
    const { firmware } = this.twin
    const start = this.clock.now()
    const { isOwn: isNamed, isDamaged } = this.meter
    if (this.isHostile) this.meter.end(Math.floor((start + ms) / SECOND))
    this.energy = energy
    this.clock.set(() => {
      const isHeard = this.isOn && this.twin.firmware === firmware && !this.twin.line.closed
      if (!isHeard || this.lineGoodSince > start) return
      this.meter.onHeard(isNamed, isDamaged)
      for (const checker of this.checkers)
        checker.onReading?.({ energy, start, end: start + ms, isNamed, isTrue: isNamed && !isDamaged })
    }, ms + SECOND)
  }

  #listened(options: MqttConnectOptions): MqttConnectOptions {
    return { ...options, onPublish: (topic, payload) => this.#onArrival(topic, payload, options) }
  }

  #onArrival(topic: string, payload: Uint8Array, { onPublish }: MqttConnectOptions): void {
    if (this.isHostile) keep(this.recorded, { topic, payload }, MOST_RECORDED)
    for (const checker of this.checkers) checker.beforeArrival?.()
    this.#doing = undefined
    onPublish(topic, payload)
    const arrival: Arrival = {
      topic,
      payload,
      name: topic.slice(topic.lastIndexOf('/') + 1),
      isOwn: this.operator.isOwn(payload) || this.operator.isCopyOfUndone(topic, payload),
      isDone: this.#doing !== undefined,
    }
    const { firmware } = this.twin
    // The device does it in its next turns, while no time passes.
    this.clock.set(() => {
      const isThere = this.isOn && this.twin.firmware === firmware
      for (const checker of this.checkers) checker.afterArrival?.(isThere ? arrival : undefined)
    }, JUST_AFTER)
    for (const checker of this.checkers) checker.onArrival?.(arrival)
  }

  #onLog(text: string): void {
    const match = /^command ([a-z_]+)$/.exec(text)
    if (match !== null) this.#doing = match[1]
  }
}

/** Keeps the last few. */
function keep<T>(list: T[], item: T, most: number): void {
  list.push(item)
  if (list.length > most) list.shift()
}
