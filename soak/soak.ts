import type { MqttConnectOptions } from '../modules/ports/mqtt.js'
import { nodeCrypto } from '../twin/crypto.js'
import { SimulatedFlash } from '../twin/flash.js'
import { seededRandom } from '../twin/random.js'
import { POWER_ON, testTwin } from '../twin/virtual.js'
import { SampleBook, ValveBook, type Violation, type What } from './books.js'
import { CutFlash } from './cut-flash.js'
import { EFFECTS } from './faults.js'
import { Operator, Stranger } from './people.js'
import { type Fault, partOf } from './schedule.js'

const RADIO = '12345678'
const SECOND = 1_000
const MINUTE = 60_000
const DAY = 86_400_000

/** After the last fault everything that waits is delivered, one a second. */
const REST = 90 * MINUTE

/** Samples of a radio meter are a minute and at most one of its telegrams apart. */
const RADIO_PERIOD = 78
/** What the way over the concentrator needs after a fault: a silent one is noticed after 5 minutes, a search comes every minute. */
const RADIO_RECOVERY = 450

/** A reading begins every minute and ends within 2 s; after a fault of the line it may have to wait for the next. */
const READING_PERIOD = 66 * SECOND
const READING_RECOVERY = 90 * SECOND

/** What has come and gone all the time is not recovered from at its end. */
const BREAKING: readonly string[] = ['weak signal', 'connections break']

/** Before the next packet, and when everything has been done that the device has put off to its next turns; in ms. */
const JUST_AFTER = 0.001

/** Of the heap, from the end of the first day to the end of the last. */
const MOST_GROWTH = 1.01

/** More are not listed. */
const MOST_VIOLATIONS = 50

export interface SoakOptions {
  readonly seed: number
  /** May be a fraction. */
  readonly days: number
  readonly schedule: readonly Fault[]
  /** Does something to the device, for tests of the soak itself. */
  readonly tamper?: (device: Soak) => void
  /** Ends at the first of these. */
  readonly stopAt?: What
  /** Bytes in use after collection. */
  heapUsed?(): number | Promise<number>
}

export interface Outcome {
  readonly seed: number
  readonly days: number
  readonly schedule: readonly Fault[]
  readonly meters: readonly SampleBook[]
  readonly valve: ValveBook
  readonly commands: { readonly sent: number; readonly arrived: number; readonly done: number; readonly again: number }
  readonly hostile: { readonly sent: number; readonly arrived: number; readonly actedOn: number }
  readonly boots: number
  /** By kind of fault: seconds from its end until the broker had a message. */
  readonly recoveries: ReadonlyMap<string, readonly number[]>
  /** Of each day: `heapUsed` without flash and books, if that was asked for; of each hour: samples taken and passed on. */
  readonly heap: readonly number[]
  readonly takenPerHour: readonly number[]
  readonly deliveredPerHour: readonly number[]
  readonly violations: readonly Violation[]
  readonly violationCount: number
}

/** Plays a schedule to a device with a MULTICAL and a radio meter, and keeps the books from outside. */
export class Soak {
  readonly random: () => number
  readonly operator: Operator
  readonly stranger: Stranger
  readonly device: ReturnType<typeof testTwin>
  #options: SoakOptions
  #flash: SimulatedFlash
  #cutFlash: CutFlash
  #active = new Map<string, number>()
  #meter: SampleBook
  #radio: SampleBook
  #valve = new ValveBook()
  #violations: Violation[] = []
  #violationCount = 0
  /** Seconds in which the way of the radio meter is disturbed or recovers. */
  #excused: Uint8Array
  #boots = 0
  #bootedAt = 0
  #learnt = false
  #on = true
  #cutLength = 0
  #forgotAt = Number.NEGATIVE_INFINITY
  #lineGoodSince = 0
  #lastReading = 0
  #energy = 0
  #energyKnown: number | undefined
  /** Packets that have arrived and may not have been done yet. */
  #arriving = 0
  /** What the valve has been since the first of them arrived. */
  #levels: boolean[] = []
  /** What the device says while a packet arrives: the command that it does. */
  #doing: string | undefined
  #arrived = 0
  #done = 0
  #again = 0
  #hostileArrived = 0
  #actedOn = 0
  #ended: { readonly kind: string; readonly at: number }[] = []
  #recoveries = new Map<string, number[]>()
  #heap: number[] = []
  #takenPerHour: number[]
  #deliveredPerHour: number[]

  constructor(options: SoakOptions) {
    const { seed, days } = options
    this.#options = options
    this.random = seededRandom(seed ^ 0x50a4)
    const noise = seededRandom(seed ^ 0xc4)
    const seconds = Math.ceil(days * 86_400) + REST / SECOND + 3_600
    const hours = Math.ceil(seconds / 3_600)
    this.#takenPerHour = new Array(hours).fill(0)
    this.#deliveredPerHour = new Array(hours).fill(0)
    this.#excused = new Uint8Array(seconds)
    this.#excuse(0, 0)
    this.#meter = new SampleBook('MULTICAL', seconds)
    this.#radio = new SampleBook('FlowIQ', seconds)
    this.#flash = new SimulatedFlash({ sectors: 192, random: seededRandom(seed ^ 0xf1a5) })
    this.#cutFlash = new CutFlash(this.#flash)
    this.#cutFlash.onCut = () => {
      if (this.#on) this.#goOff(this.#cutLength)
    }
    this.device = testTwin(
      { BLE: '1', WATER_METERS: `${RADIO}:000102030405060708090a0b0c0d0e0f` },
      {
        seed,
        flash: this.#cutFlash,
        crypto: {
          ...nodeCrypto,
          random: (length) => Uint8Array.from({ length }, () => Math.floor(noise() * 256)),
        },
        connect: (options) => this.broker.connect(this.#listened(options)),
        queryTime: async (server) => {
          const unix = await this.twin.time.query(server)
          if (unix !== undefined && this.#on && this.wifi.uplink() !== undefined) this.#learnt = true
          return unix
        },
        onBoot: () => this.#onBoot(),
        log: (text) => this.#onLog(text),
      },
    )
    const people = {
      broker: this.broker,
      envelope: this.device.envelope,
      random: this.random,
      serial: () => this.twin.serial,
      now: () => Math.floor((POWER_ON + this.clock.now()) / SECOND),
      energy: () => this.#energy,
    }
    this.operator = new Operator(people)
    this.stranger = new Stranger(people, this.operator.heard)
    this.twin.ac1.onChange = (level) => this.#onValve(level === 1)
    this.twin.multical!.onRegisters = (energy, ms) => this.#onRegisters(energy, ms)
    options.tamper?.(this)
  }

  get twin() {
    return this.device.twin
  }
  get clock() {
    return this.device.clock
  }
  get broker() {
    return this.device.broker
  }
  get wifi() {
    return this.twin.wifi
  }

  isActive(kind: string): boolean {
    return (this.#active.get(kind) ?? 0) > 0
  }

  forgetSessions(): void {
    this.#forgotAt = Math.floor(this.clock.now() / SECOND)
    this.broker.forget()
  }

  powerCut(ms: number): void {
    if (this.#on) this.#goOff(ms)
  }

  /** Power goes at some byte of what is written next. */
  powerCutInWrite(ms: number): void {
    if (!this.#on) return
    this.#cutLength = ms
    this.#flash.cutAt = this.#flash.steps + Math.floor(this.random() * 400)
  }

  async play(): Promise<Outcome> {
    const { days, heapUsed } = this.#options
    this.#planFrom(0)
    this.twin.start()
    const end = days * DAY
    for (let day = 1; this.clock.now() < end && !this.#isOver(); day++) {
      while (this.clock.now() < Math.min(end, day * DAY) && !this.#isOver()) {
        await this.clock.run(Math.min(10 * MINUTE, end - this.clock.now()))
        this.#read()
      }
      if (heapUsed !== undefined) this.#heap.push((await heapUsed()) - this.#bytesBeside)
    }
    for (let rest = 0; rest < REST && !this.#isOver(); rest += 10 * MINUTE) {
      await this.clock.run(10 * MINUTE)
      this.#read()
    }
    await this.#close()
    return this.#outcome()
  }

  /** Of the flash and the books, which is no memory of the device. */
  get #bytesBeside(): number {
    return this.#flash.size + this.#excused.byteLength + this.#meter.byteLength + this.#radio.byteLength
  }

  #isOver(): boolean {
    const { stopAt } = this.#options
    return stopAt !== undefined && this.#violations.some(({ what }) => what === stopAt)
  }

  /** One after the other, so that it takes no more memory at first than at the end. */
  #planFrom(index: number): void {
    const fault = this.#options.schedule[index]
    if (fault === undefined) return
    this.clock.set(() => {
      this.#begin(fault)
      this.#planFrom(index + 1)
    }, fault.at - this.clock.now())
  }

  #begin(fault: Fault): void {
    const { kind, at, length } = fault
    const part = partOf(fault)
    this.#active.set(kind, (this.#active.get(kind) ?? 0) + 1)
    if (part === 'line') this.#lineGoodSince = Number.POSITIVE_INFINITY
    if (part === 'ble') this.#excuse(at, at + length)
    this.clock.set(() => {
      this.#active.set(kind, this.#active.get(kind)! - 1)
      EFFECTS[kind]!.end?.(this)
      if (part === 'line') this.#lineGoodSince = this.clock.now()
      if (BREAKING.includes(kind)) return
      if (part === 'wifi' || part === 'broker') this.#ended.push({ kind, at: at + length })
    }, length)
    EFFECTS[kind]!.begin(this, length)
  }

  #excuse(from: number, until: number): void {
    this.#excused.fill(1, Math.max(0, Math.floor(from / SECOND)), Math.ceil(until / SECOND) + RADIO_RECOVERY)
  }

  #goOff(ms: number): void {
    this.#on = false
    this.#endBoot()
    this.#valve.onPowerCut(this.clock.now())
    this.#excuse(this.clock.now(), this.clock.now() + ms)
    this.clock.set(() => this.#flash.powerOn(), ms)
    this.twin.powerCut(ms)
  }

  #endBoot(): void {
    if (this.#learnt) return
    const [from, to] = [Math.floor(this.#bootedAt / SECOND), Math.ceil(this.clock.now() / SECOND)]
    this.#meter.giveUp(from, to)
    // What a radio meter has sent before and was heard only then is of that boot too.
    this.#excuse(this.#bootedAt - 10 * MINUTE, this.clock.now())
  }

  #onBoot(): void {
    // The first comes before the device is there.
    const now = this.#boots++ === 0 ? 0 : this.clock.now()
    if (this.#on && this.#boots > 1) {
      // After an orderly restart, which the machine's clock outlives.
      this.#endBoot()
      this.#excuse(now - 20 * SECOND, now)
    } else this.#learnt = false
    this.#on = true
    this.#bootedAt = now
    this.#lastReading = now
    this.#energyKnown = undefined
    if (this.#boots > 1) void Promise.resolve().then(() => this.#afterBoot())
  }

  /** The valve is put where it was before anything else happens. */
  #afterBoot(): void {
    const open = this.twin.ac1.level === 1
    if (!this.#valve.onPowerOn(open)) this.#violate('valve', `${open ? 'open' : 'closed'} after power-on`)
  }

  /** The meter answers: that is a sample, unless the line disturbs it or the device ends before it has all. */
  #onRegisters(energy: number, ms: number): void {
    const { application } = this.twin
    const start = this.clock.now()
    this.#energy = energy
    this.clock.set(() => {
      const isHeard = this.#on && this.twin.application === application && !this.twin.line.closed
      if (!isHeard || this.#lineGoodSince > start) return
      const now = start + ms
      const since = Math.max(this.#lastReading, this.#lineGoodSince)
      const patience = since === this.#lastReading && since > this.#bootedAt ? READING_PERIOD : READING_RECOVERY
      if (now - since > patience) {
        this.#meter.lost++
        this.#meter.expected++
        this.#violate('lost', `the meter was not asked for ${((now - since) / SECOND).toFixed(1)} s`)
      }
      this.#lastReading = now
      this.#energyKnown = energy
      this.#meter.take(Math.floor(now / SECOND))
      this.#takenPerHour[Math.floor(now / 3_600_000)]!++
      if (this.#valve.isOpenSince(start) && energy >= this.#valve.limit)
        this.#violate('valve', `open at ${energy} kWh beyond its limit of ${this.#valve.limit}`)
    }, ms + SECOND)
  }

  #listened(options: MqttConnectOptions): MqttConnectOptions {
    return { ...options, onPublish: (topic, payload) => this.#onArrival(topic, payload, options) }
  }

  #onArrival(topic: string, payload: Uint8Array, { onPublish }: MqttConnectOptions): void {
    const name = topic.slice(topic.lastIndexOf('/') + 1)
    // What was refused because the device did not know the time may still come from whoever has recorded it, once.
    const isOwn = this.operator.isOwn(payload) || this.operator.isCopyOfUndone(topic, payload)
    if (this.#arriving++ === 0) this.#levels = [this.twin.ac1.level === 1]
    this.#doing = undefined
    onPublish(topic, payload)
    const isDone = this.#doing !== undefined
    const { application } = this.twin
    // The device does it in its next turns, while no time passes.
    this.clock.set(() => {
      this.#arriving--
      if (!this.#on || this.twin.application !== application) return
      if (isOwn && isDone) this.#judge(name, topic, payload)
      if (this.#arriving > 0 || this.#levels.length === 1) return
      const open = this.twin.ac1.level === 1
      if (open !== this.#valve.isOpen) this.#violate('valve', `${open ? 'open' : 'closed'} after ${name}`)
    }, JUST_AFTER)
    if (isOwn) {
      this.#arrived++
      if (isDone) {
        this.#done++
        this.operator.noteDone(topic)
      } else if (this.#learnt && this.operator.isOwn(payload)) this.#violate('not done', name)
    } else {
      this.#hostileArrived++
      if (isDone) this.#onActedOn(topic, name)
    }
  }

  /** Whether a command has had the effect that it should. */
  #judge(name: string, topic: string, payload: Uint8Array): void {
    const now = this.clock.now()
    const hasBeen = (open: boolean) => this.#levels.includes(open)
    if (name === 'open' || name === 'close') {
      this.#valve.onCommand(name === 'open', now)
      if (!hasBeen(name === 'open')) this.#violate('valve', `not moved by ${name}`)
    } else if (name.startsWith('open_until')) {
      const opened = this.device.envelope.open(topic, payload, Number.POSITIVE_INFINITY)
      const { hasTotal } = this.twin.application.valve
      const isDelta = name === 'open_until_delta'
      if (!opened.ok || (isDelta && !hasTotal)) return
      // On a line with noise nobody but the device knows which of the meter's answers it has understood.
      const amount = Number(opened.value)
      const { limit } = this.twin.settings
      const [least, most] = isDelta ? [amount + (this.#energyKnown ?? 0), amount + this.#energy] : [amount, amount]
      if (limit < least || limit > most) this.#violate('valve', `limit ${limit} after ${name} ${amount}`)
      this.#valve.limit = limit
      const should = isDelta || !hasTotal || amount > this.#energy
      this.#valve.onCommand(should, now)
      if (!hasBeen(should)) this.#violate('valve', `not moved by ${name} ${amount} at ${this.#energy} kWh`)
    }
  }

  /** A question of the last minute before a power cut may be answered again (docs/commands.md); anything else not. */
  #onActedOn(topic: string, name: string): void {
    const mayBeAgain = this.operator.heard.some((packet) => packet.topic === topic) && /^[a-z_]*$/.test(name)
    const isQuestion = !/^(open|close|restart|set_|reconnect|start_|stop_|clear_)/.test(name)
    if (mayBeAgain && isQuestion && this.clock.now() - this.#bootedAt < 40 * MINUTE) {
      this.#again++
      return
    }
    this.#actedOn++
    this.#violate('acted on', topic)
  }

  #onValve(open: boolean): void {
    if (this.#boots > 1 && this.clock.now() === this.#bootedAt) return
    this.#valve.changes++
    // A packet explains itself when it has been done.
    if (this.#arriving > 0) return void this.#levels.push(open)
    const isLimit = !open && this.#valve.isOpen && this.#energy >= this.#valve.limit
    if (isLimit) return this.#valve.onLimit(this.clock.now())
    this.#valve.unexplained++
    this.#violate('valve', `${open ? 'opened' : 'closed'} by itself at ${this.#energy} kWh`)
  }

  #onLog(text: string): void {
    const match = /^command ([a-z_]+)$/.exec(text)
    if (match !== null) this.#doing = match[1]
  }

  /** Takes the messages from the broker. */
  #read(): void {
    for (const { topic, at } of this.broker.messages) {
      const [, kind, , serial, time] = topic.split('/')
      this.#noteRecovery(at)
      if (kind !== 'sample') continue
      const second = Number(time) - POWER_ON / SECOND
      const book = serial === RADIO ? this.#radio : this.#meter
      const violation = book.passOn(second, Math.floor(at / SECOND), this.#forgotAt)
      if (violation !== undefined) this.#note(violation)
      if (book === this.#meter) this.#deliveredPerHour[Math.floor(at / 3_600_000)]!++
    }
    this.broker.messages.length = 0
    this.broker.wills.length = 0
  }

  /** Only where nothing else keeps the device from the broker. */
  #noteRecovery(at: number): void {
    while (this.#ended.length > 0 && this.#ended[0]!.at <= at) {
      const { kind, at: ended } = this.#ended.shift()!
      const isDisturbed = this.#options.schedule.some(
        (fault) =>
          ['wifi', 'broker', 'power', 'clock'].includes(partOf(fault)) &&
          fault.at < at &&
          fault.at + fault.length + 2 * MINUTE > ended &&
          fault.at + fault.length !== ended,
      )
      if (isDisturbed) continue
      const seconds = this.#recoveries.get(kind) ?? []
      this.#recoveries.set(kind, seconds)
      seconds.push((at - ended) / SECOND)
    }
  }

  async #close(): Promise<void> {
    const before = this.broker.messages.length
    this.operator.send('ping')
    await this.clock.run(5 * SECOND)
    if (this.broker.messages.length === before) this.#violate('gone', 'no answer at the end')
    this.#read()
    const end = Math.floor(this.clock.now() / SECOND) - 120
    for (const violation of this.#meter.close()) this.#note(violation)
    for (const violation of this.#radio.closePeriods(RADIO_PERIOD, end, this.#excused)) this.#note(violation)
    const [first = 0, last = first] = [this.#heap[0], this.#heap.at(-1)]
    if (last > first * MOST_GROWTH) this.#violate('memory', `heap of ${first} bytes after day 1, ${last} at the end`)
    this.twin.close()
  }

  #violate(what: What, text: string): void {
    this.#note({ what, at: this.clock.now(), text })
  }

  #note(violation: Violation): void {
    this.#violationCount++
    if (this.#violations.length < MOST_VIOLATIONS) this.#violations.push(violation)
  }

  #outcome(): Outcome {
    const { seed, days, schedule } = this.#options
    return {
      seed,
      days,
      schedule,
      meters: [this.#meter, this.#radio],
      valve: this.#valve,
      commands: { sent: this.operator.sent, arrived: this.#arrived, done: this.#done, again: this.#again },
      hostile: { sent: this.stranger.sent, arrived: this.#hostileArrived, actedOn: this.#actedOn },
      boots: this.#boots,
      recoveries: this.#recoveries,
      heap: this.#heap,
      takenPerHour: this.#takenPerHour,
      deliveredPerHour: this.#deliveredPerHour,
      violations: this.#violations,
      violationCount: this.#violationCount,
    }
  }
}
