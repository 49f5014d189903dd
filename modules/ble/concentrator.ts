import type { BlePeer, BlePort } from '../ports/ble.js'
import type { Clock, Timer } from '../ports/clock.js'
import { Backoff } from '../time/backoff.js'
import { BacklogClock } from './backlog-clock.js'
import { ConcentratorLink } from './concentrator-link.js'
import type { TelegramRecord } from './record.js'
import { Vw1871Parser } from './vw1871.js'

export interface ConcentratorOptions {
  readonly clock: Clock
  readonly ble: BlePort
  readonly random: () => number
  /** Returns how the advertised name must begin. Asked before every search. */
  name(): string
  /** @param age seconds since the telegram was sent; undefined when that cannot be known */
  onTelegram(record: TelegramRecord, age: number | undefined): void
  onBattery(millivolt: number): void
  log(text: string): void
}

/** The state of the connection, in words for the operator. */
export type ConcentratorState = 'off' | 'searching' | 'not found' | 'connecting' | 'silent' | 'receiving' | 'lost'

/** A search keeps the radio from Wi-Fi, so it gets 10 s of every minute. */
const SEARCH_TIME = 10_000
const SEARCH_PAUSE = 50_000

const FIRST_RETRY = 1_000
const SLOWEST_RETRY = 60_000

/** So many connections in a row without a byte, or fruitless searches, hint at a fault of our own radio. */
const FAILURES_BEFORE_RESTART = 3
const SEARCHES_BEFORE_RESTART = 30

/** Keeps a connection to a VW1871 concentrator and takes its stream apart (docs/protocol/vw1871.md). */
export class Concentrator {
  #options: ConcentratorOptions
  #parser: Vw1871Parser
  #backlog: BacklogClock
  #backoff: Backoff
  #state: ConcentratorState = 'off'
  #closed = false
  #timer: Timer | undefined
  #link: ConcentratorLink | undefined
  #failures = 0
  #searches = 0
  /** The last link brought bytes only when both paths were enabled. */
  #bothPaths = false
  #connections = 0

  constructor(options: ConcentratorOptions) {
    this.#options = options
    this.#backlog = new BacklogClock(options.clock)
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_RETRY, options.random)
    this.#parser = new Vw1871Parser({
      onRecord: (record) => {
        options.onTelegram(record, this.#backlog.age(record.clock))
      },
      onBattery: (millivolt) => options.onBattery(millivolt),
    })
  }

  get state(): ConcentratorState {
    return this.#state
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
    this.#enter('searching')
    this.#timer = clock.set(() => this.#pauseSearch(), SEARCH_TIME)
    ble.scan((peer) => {
      if (this.#state === 'searching' && peer.name.startsWith(name)) this.#connect(peer)
    })
  }

  #pauseSearch(): void {
    const { ble, clock, log } = this.#options
    this.#enter('not found')
    if (this.#searches++ === 0) log('ble: no concentrator found')
    if (this.#searches % SEARCHES_BEFORE_RESTART === 0) ble.restart()
    this.#timer = clock.set(() => this.#search(), SEARCH_PAUSE)
  }

  #connect({ name, address }: BlePeer): void {
    const { ble, clock, log } = this.#options
    log(`ble: connecting to ${name}`)
    this.#enter('connecting')
    this.#searches = 0
    this.#link = new ConcentratorLink({
      clock,
      ble,
      address,
      bothPaths: this.#bothPaths,
      onConnected: () => {
        this.#connections++
        this.#backlog.subscribed()
      },
      onEnabled: () => {
        this.#backlog.subscribed()
        if (this.#state === 'connecting') this.#state = 'silent'
      },
      onBytes: (bytes) => this.#receive(bytes),
      onIdle: () => this.#parser.idle(),
      onFailed: (reason) => this.#retry(reason),
    })
  }

  #receive(bytes: Uint8Array): void {
    if (this.#state !== 'receiving') {
      this.#state = 'receiving'
      this.#bothPaths = this.#link?.bothPaths ?? false
      this.#failures = 0
      this.#backoff.reset()
    }
    this.#parser.push(bytes)
  }

  #retry(reason: string): void {
    const { ble, clock, log } = this.#options
    if (this.#state !== 'receiving') this.#failures++
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

  /** Ends whatever is under way. */
  #enter(state: ConcentratorState): void {
    const { ble, clock } = this.#options
    clock.clear(this.#timer)
    if (this.#state === 'searching') ble.stopScan()
    this.#link?.close()
    this.#link = undefined
    this.#parser.clear()
    this.#state = state
  }
}
