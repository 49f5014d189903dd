import { Backoff } from '../codec/backoff.js'
import type { BleConnection, BlePeer, BlePort } from '../ports/ble.js'
import type { Clock, Timer } from '../ports/clock.js'
import { BacklogClock } from './backlog-clock.js'
import type { TelegramRecord } from './record.js'
import { Vw1871Parser } from './vw1871.js'

export interface ConcentratorOptions {
  readonly clock: Clock
  readonly ble: BlePort
  readonly random: () => number
  /** What the advertised name has to begin with, asked before every search. */
  name(): string
  /** @param age seconds since the telegram was sent; undefined when that cannot be known */
  onTelegram(record: TelegramRecord, age: number | undefined): void
  onBattery(millivolt: number): void
  log(text: string): void
}

/** What the concentrator is about, in words for the operator. */
export type ConcentratorState = 'off' | 'searching' | 'not found' | 'connecting' | 'silent' | 'receiving' | 'lost'

/** The transparent UART, and another path of the same stream for when it stays silent (flowiq.md 1.2). */
const UART_SERVICE = '49535343-fe7d-4ae5-8fa9-9fafd205e455'
const UART = '49535343-1e4d-4bd9-ba61-23c647249616'
const OTHER_SERVICE = '0000ff00-0000-1000-8000-00805f9b34fb'
const OTHER = '0000ff01-0000-1000-8000-00805f9b34fb'

/** The concentrator sends up to 244 bytes at once, and the SDK passes on no more than one buffer of its stack. */
const MTU = 247

/** A search keeps the radio from Wi-Fi all the time: 10 s of every minute. */
const SEARCH_TIME = 10_000
const SEARCH_PAUSE = 50_000

/** For each of: connection, and enabled notifications. */
const CONNECT_DEADLINE = 10_000

const FIRST_RETRY = 1_000
const SLOWEST_RETRY = 60_000

/** Connections in a row that brought not one byte, or fruitless searches: perhaps it is our own radio. */
const FAILURES_BEFORE_RESTART = 3
const SEARCHES_BEFORE_RESTART = 30

const CHECK_INTERVAL = 2_000
/** A meter sends every 16 s, the battery voltage comes every 15 min. */
const OTHER_PATH_AFTER = 120_000
const DEAD_AFTER = 300_000

/** Keeps a connection to a VW1871 concentrator and takes its stream apart (flowiq.md 1.9). */
export class Concentrator {
  #options: ConcentratorOptions
  #parser: Vw1871Parser
  #backlog: BacklogClock
  #backoff: Backoff
  #state: ConcentratorState = 'off'
  #closed = false
  /** Callbacks that were given out before the last change of state are late. */
  #step = 0
  #timer: Timer | undefined
  #connection: BleConnection | undefined
  #failures = 0
  #searches = 0
  #lastByteAt = 0
  /** In this connection. */
  #received = false
  #otherEnabled = false
  /** Bytes last came only when the other path was enabled too. */
  #needsOther = false
  #connections = 0
  #rssi: number | undefined
  #battery: number | undefined

  constructor(options: ConcentratorOptions) {
    this.#options = options
    this.#backlog = new BacklogClock(options.clock)
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_RETRY, options.random)
    this.#parser = new Vw1871Parser({
      onTelegram: (record) => {
        this.#rssi = record.rssi
        options.onTelegram(record, this.#backlog.age(record.clock))
      },
      onBattery: (millivolt) => {
        this.#battery = millivolt
        options.onBattery(millivolt)
      },
    })
  }

  get state(): ConcentratorState {
    return this.#state
  }

  /** Of the last telegram, as the concentrator received it, in dBm. */
  get rssi(): number | undefined {
    return this.#rssi
  }

  /** Of the concentrator, in mV, as it last said. */
  get battery(): number | undefined {
    return this.#battery
  }

  /** Records with errors since power-on. */
  get resyncs(): number {
    return this.#parser.resyncs
  }

  /** Connections since power-on. */
  get connections(): number {
    return this.#connections
  }

  /** Begins, or goes on after `pause`. */
  resume(): void {
    if (this.#state !== 'off' || this.#closed) return
    this.#backoff.reset()
    this.#search()
  }

  /** Lets go of the radio. */
  pause(): void {
    this.#enter('off')
  }

  /** Lets go of the radio for good. */
  close(): void {
    this.pause()
    this.#closed = true
  }

  #search(): void {
    const { ble, clock } = this.#options
    const name = this.#options.name()
    const step = this.#enter('searching')
    this.#timer = clock.set(() => this.#rest(), SEARCH_TIME)
    ble.scan((peer) => {
      if (step === this.#step && peer.name.startsWith(name)) this.#connect(peer)
    })
  }

  #rest(): void {
    const { ble, clock, log } = this.#options
    this.#enter('not found')
    if (this.#searches++ === 0) log('ble: no concentrator found')
    if (this.#searches % SEARCHES_BEFORE_RESTART === 0) ble.restart()
    this.#timer = clock.set(() => this.#search(), SEARCH_PAUSE)
  }

  #connect({ name, address }: BlePeer): void {
    const { ble, clock, log } = this.#options
    log(`ble: connecting to ${name}`)
    const step = this.#enter('connecting')
    this.#searches = 0
    this.#received = false
    this.#otherEnabled = false
    this.#timer = clock.set(() => this.#fail('no connection in time'), CONNECT_DEADLINE)
    const connection = ble.connect({
      address,
      mtu: MTU,
      onReady: () => {
        if (step === this.#step) this.#subscribe(step)
      },
      onNotification: (bytes) => {
        if (step === this.#step) this.#receive(bytes)
      },
      onClosed: (reason) => {
        if (step === this.#step) this.#fail(reason)
      },
    })
    if (step === this.#step) this.#connection = connection
  }

  #subscribe(step: number): void {
    const { clock } = this.#options
    this.#connections++
    clock.clear(this.#timer)
    this.#timer = clock.set(() => this.#fail('notifications not enabled in time'), CONNECT_DEADLINE)
    // The first bytes may overtake the confirmation.
    this.#backlog.subscribed()
    this.#connection?.subscribe(UART_SERVICE, UART, (error) => {
      if (step !== this.#step) return
      if (error !== undefined) return this.#fail(error)
      if (!this.#received) this.#state = 'silent'
      this.#lastByteAt = clock.now()
      this.#backlog.subscribed()
      if (this.#needsOther) this.#enableOther()
      clock.clear(this.#timer)
      this.#check()
    })
  }

  #enableOther(): void {
    this.#otherEnabled = true
    this.#connection?.subscribe(OTHER_SERVICE, OTHER, (error) => {
      if (error !== undefined) this.#options.log(`ble: ${error}`)
    })
  }

  #receive(bytes: Uint8Array): void {
    this.#lastByteAt = this.#options.clock.now()
    if (!this.#received) {
      this.#received = true
      this.#state = 'receiving'
      this.#needsOther = this.#otherEnabled
      this.#failures = 0
      this.#backoff.reset()
    }
    this.#parser.push(bytes)
  }

  /** One timer for everything that can be wrong with a connection that stands. */
  #check(): void {
    const { clock } = this.#options
    this.#timer = clock.set(() => {
      const silence = clock.now() - this.#lastByteAt
      if (silence >= DEAD_AFTER) return this.#fail(`nothing received for ${DEAD_AFTER / 1000} s`)
      if (silence >= OTHER_PATH_AFTER && !this.#received && !this.#otherEnabled) this.#enableOther()
      if (silence >= CHECK_INTERVAL) this.#parser.idle()
      this.#check()
    }, CHECK_INTERVAL)
  }

  #fail(reason: string): void {
    const { ble, clock, log } = this.#options
    if (!this.#received) this.#failures++
    this.#enter('lost')
    if (this.#failures === FAILURES_BEFORE_RESTART) {
      log('ble: starting the radio anew')
      this.#failures = 0
      ble.restart()
    }
    const wait = this.#backoff.next()
    log(`ble: ${reason}; next search in ${wait} ms`)
    this.#timer = clock.set(() => this.#search(), wait)
  }

  /** Ends whatever is under way; returns the number of the new step. */
  #enter(state: ConcentratorState): number {
    const { ble, clock } = this.#options
    clock.clear(this.#timer)
    if (this.#state === 'searching') ble.stopScan()
    this.#connection?.close()
    this.#connection = undefined
    this.#parser.clear()
    this.#state = state
    return ++this.#step
  }
}
