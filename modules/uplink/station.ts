import type { Clock, Timer } from '../ports/clock.js'
import type { FoundNetwork, WifiPort } from '../ports/wifi.js'
import { Backoff } from '../time/backoff.js'
import { type Candidate, type Choice, type Credentials, isSame } from './credentials.js'

export interface StationOptions {
  readonly clock: Clock
  readonly wifi: WifiPort
  /** The networks to try, in this order; asked before every round. */
  candidates(): readonly Candidate[]
  readonly random: () => number
  /** Credentials that were tried have led to an address: they are to become the first choice. */
  adopt(credentials: Credentials): void
  onUp(): void
  onDown(): void
  log(text: string): void
}

/** Association, and DHCP as often as it is asked within 8 s. */
const JOIN_DEADLINE = 12_000
const FIRST_RETRY = 1_000
/** From the beginning of one round to the next, so that a network that comes back is not missed for longer. */
const SLOWEST_ROUND = 5_000
/** More than one setting may change, and the answers to the commands are to go out before. */
const CHANGE_DELAY = 2_000
/**
 * How often it looks for the first choice while it is in another network: 96 times a day. The SDK loses some memory with
 * each look (docs/sdk-limits.md).
 */
const LOOK_EVERY = 900_000
const RADIO_PAUSE = 2_000
/** While somebody is at the device's own access point, which looking for another disturbs. */
const QUIET_ROUND = 30_000

/** What `rssi` answers before it was ever measured, as the original. */
const NEVER_MEASURED = 31

/** Reasons in the original's words where it has one. */
export const NOT_FOUND = 'no_ap_found'
export const REFUSED = 'auth_fail'
export const NO_ADDRESS = 'no address in time'
const NO_BROKER = 'no_broker'

type Outcome = (reason: string | undefined) => void

/** Keeps the station in one of the Wi-Fi networks it may join: at once, and again whenever the network goes. */
export class Station {
  /** Set while somebody sets the device up over its own access point: it looks for its network less often then. */
  quiet = false
  #options: StationOptions
  #backoff: Backoff
  #attempt = 0
  #up = false
  #current: Credentials | undefined
  #queue: Credentials[] = []
  #roundBegan = 0
  #trial: Outcome | undefined
  #rssi = NEVER_MEASURED
  #disconnects = 0
  /** Why the station was last down, and why the first choice could not be used. */
  #reason = 'unspecified'
  #firstReason: string | undefined
  #timer: Timer | undefined
  #lookTimer: Timer | undefined

  constructor(options: StationOptions) {
    this.#options = options
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_ROUND, options.random)
  }

  get up(): boolean {
    return this.#up
  }

  /** Which of the stored networks it is in or joins just now, as they are stored now. */
  get choice(): Choice | undefined {
    const current = this.#current
    return current && this.#options.candidates().find((candidate) => isSame(candidate, current))?.choice
  }

  /** Whether there is any network to join. */
  get isSetUp(): boolean {
    return this.#options.candidates().length > 0
  }

  /** `connected`, followed by what is in use when it is not the first choice; or why it is not connected. */
  get status(): string {
    const { choice } = this
    if (!this.#up) return this.#reason
    if (choice === 'first') return 'connected'
    const pairs = `in_use=${choice ?? 'other'}&first_choice=${this.#firstReason ?? 'not_tried'}`
    return `connected ${pairs}&ssid=${this.#current!.ssid}`
  }

  /** How often the network has gone since power-on. */
  get disconnectCount(): number {
    return this.#disconnects
  }

  /** dBm, the last that was measured. */
  rssi(): number {
    this.#rssi = this.#options.wifi.rssi() ?? this.#rssi
    return this.#rssi
  }

  scan(onFound: (network: FoundNetwork) => void, onDone?: () => void): void {
    this.#options.wifi.scan(onFound, onDone)
  }

  start(): void {
    this.#backoff.reset()
    this.#beginRound()
  }

  stop(): void {
    this.#leave()
  }

  /** Other credentials are stored: they are used at once where their network is in range, and stay aside where not. */
  credentialsChanged(): void {
    this.#firstReason = undefined
    if (this.#trial === undefined) this.#lookIn(CHANGE_DELAY)
  }

  /**
   * Tries credentials that are not stored; tells why they fail, or nothing when they lead to an address: then they are
   * adopted. It goes on with what is stored where they do not. A trial that another one replaces is not told of.
   */
  tryCredentials(credentials: Credentials, onOutcome: Outcome): void {
    this.#leave()
    this.#trial = onOutcome
    this.#queue = []
    this.#roundBegan = this.#options.clock.now()
    this.#join(credentials)
  }

  /** The broker cannot be reached from here: another of the networks, or the same anew. */
  joinNext(): void {
    if (this.#trial !== undefined) return
    const { choice } = this
    const all = this.#options.candidates()
    const at = all.findIndex((candidate) => candidate.choice === choice) + 1
    if (this.#up && choice === 'first') this.#firstReason = NO_BROKER
    this.#leave()
    this.#beginRound([...all.slice(at), ...all.slice(0, at)])
  }

  /** Switches the radio off for a moment; counts as a network that has gone. */
  restartRadio(): void {
    if (this.#trial !== undefined) return
    const { clock, wifi } = this.#options
    this.#disconnects++
    this.#leave()
    wifi.setRadio(false)
    this.#timer = clock.set(() => {
      wifi.setRadio(true)
      this.start()
    }, RADIO_PAUSE)
  }

  #beginRound(queue: readonly Credentials[] = this.#options.candidates()): void {
    this.#roundBegan = this.#options.clock.now()
    this.#queue = [...queue]
    this.#joinQueued()
  }

  #joinQueued(): void {
    const { clock, log } = this.#options
    const candidate = this.#queue.shift()
    if (candidate !== undefined) return this.#join(candidate)
    if (!this.isSetUp) return log('wifi: no network is set up')
    const period = this.quiet ? QUIET_ROUND : this.#backoff.next()
    const wait = Math.max(0, period - (clock.now() - this.#roundBegan))
    log(`wifi: next round in ${wait} ms`)
    this.#timer = clock.set(() => this.#beginRound(), wait)
  }

  #join(candidate: Credentials): void {
    const { clock, wifi, log } = this.#options
    const attempt = ++this.#attempt
    this.#current = candidate
    log(`wifi: joining ${candidate.ssid}`)
    this.#timer = clock.set(() => this.#onDown(NO_ADDRESS), JOIN_DEADLINE)
    wifi.join(candidate.ssid, candidate.password, {
      onUp: () => {
        if (attempt === this.#attempt && !this.#up) this.#onUp(candidate)
      },
      onDown: (reason) => {
        if (attempt === this.#attempt) this.#onDown(reason)
      },
    })
  }

  #onUp(candidate: Credentials): void {
    const { clock, adopt, log } = this.#options
    clock.clear(this.#timer)
    this.#backoff.reset()
    this.#up = true
    log('wifi: connected')
    const trial = this.#trial
    this.#trial = undefined
    if (trial !== undefined) adopt(candidate)
    if (this.choice === 'first') this.#firstReason = undefined
    else this.#lookIn(LOOK_EVERY)
    this.#options.onUp()
    trial?.(undefined)
  }

  #onDown(reason: string): void {
    const { clock, log } = this.#options
    const wasUp = this.#up
    const trial = this.#trial
    const wasFirst = this.choice === 'first'
    this.#reason = reason
    log(`wifi: ${reason}`)
    this.#leave(this.#queue)
    if (trial !== undefined) {
      trial(reason)
      // What has heard of it may have begun another.
      if (this.#trial === undefined) this.#beginRound()
      return
    }
    if (wasFirst) this.#firstReason = reason
    if (!wasUp) return this.#joinQueued()
    this.#disconnects++
    this.#timer = clock.set(() => this.#beginRound(), this.#backoff.next())
  }

  #lookIn(ms: number): void {
    const { clock } = this.#options
    clock.clear(this.#lookTimer)
    this.#lookTimer = clock.set(() => this.#lookForFirst(), ms)
  }

  /** Credentials that were refused are not tried again in place of a network that works. */
  #lookForFirst(): void {
    const first = this.#options.candidates()[0]
    const current = this.#current
    if (this.#trial !== undefined || first === undefined) return
    if (!this.#up || current === undefined) {
      this.#leave()
      return this.start()
    }
    if (isSame(first, current)) return
    this.#lookIn(LOOK_EVERY)
    if (this.#firstReason !== undefined && this.#firstReason !== NOT_FOUND) return
    const attempt = this.#attempt
    let isInRange = false
    this.#options.wifi.scan(
      ({ ssid }) => {
        isInRange ||= ssid === first.ssid
      },
      () => {
        if (attempt !== this.#attempt || !this.#up) return
        if (!isInRange) {
          this.#firstReason = NOT_FOUND
          return
        }
        this.#leave()
        this.start()
      },
    )
  }

  /** Out of whatever it is in or at, with nothing planned but `queue`. */
  #leave(queue: Credentials[] = []): void {
    const { clock, wifi } = this.#options
    this.#attempt++
    this.#trial = undefined
    this.#queue = queue
    clock.clear(this.#timer)
    clock.clear(this.#lookTimer)
    wifi.leave()
    if (!this.#up) return
    this.#up = false
    this.#options.onDown()
  }
}
