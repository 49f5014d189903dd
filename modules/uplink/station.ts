import type { Clock, Timer } from '../ports/clock.js'
import { UNSPECIFIED } from '../ports/join-failure.js'
import type { FoundNetwork, WifiPort } from '../ports/wifi.js'
import { Backoff } from '../time/backoff.js'
import { Association, type AssociationHost } from './association.js'
import { type Candidate, type Choice, type Credentials, isSame } from './credentials.js'
import { FirstChoice, type Rejoining } from './first-choice.js'
import type { Others, Outcome, Trial } from './network-trial.js'
import { NO_BROKER } from './reasons.js'

export interface StationOptions {
  readonly clock: Clock
  readonly wifi: WifiPort
  readonly random: () => number
  log(text: string): void
}

/** What the station asks and tells. An object, because closures would take more RAM. */
export interface StationHost {
  /** The networks to try, the best first. The station asks again before every round. */
  candidates(): readonly Candidate[]
  /** Makes credentials the first choice and stores what belongs to them, after a trial has led to an address. */
  adopt(credentials: Credentials, others: Others): void
  onUp(): void
  onDown(): void
}

const FIRST_RETRY = 1_000
/** Longest time between the starts of two rounds, so that the station soon finds a network that comes back. */
const SLOWEST_ROUND = 5_000
/** Waits for further changes, and for the replies to the commands that made them. */
const CHANGE_DELAY = 2_000
const RADIO_PAUSE = 2_000
/** Longer rounds while somebody uses the set-up network: joining another one disturbs it. */
const QUIET_ROUND = 30_000

/** The original's signal strength before the first measurement. */
const NEVER_MEASURED = 31

/** Keeps the station in one of the stored Wi-Fi networks. It joins at once, and again whenever the network is lost. */
export class Station implements Rejoining, AssociationHost {
  /** Whether somebody uses the set-up network. The station makes longer rounds then. */
  quiet = false
  #options: StationOptions
  #host: StationHost
  #backoff: Backoff
  #firstChoice: FirstChoice
  #association: Association
  /** The network that the station joins, is in, or was in last. */
  #current: Credentials | undefined
  /** The networks that are left in this round. */
  #queue: readonly Credentials[] = []
  #roundBegan = 0
  #trial: Trial | undefined
  #rssi = NEVER_MEASURED
  #disconnects = 0
  /** Why the station was last down. */
  #reason: string = UNSPECIFIED
  #timer: Timer | undefined

  constructor(options: StationOptions, host: StationHost) {
    this.#options = options
    this.#host = host
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_ROUND, options.random)
    this.#firstChoice = new FirstChoice(options, host, this)
    this.#association = new Association(options.clock, options.wifi, this)
  }

  get up(): boolean {
    return this.#association.up
  }

  /** The network that the station is in; undefined while it is in none. */
  get network(): Credentials | undefined {
    return this.up ? this.#current : undefined
  }

  /** Which of the stored networks the station joins or is in, as they are stored now. */
  get choice(): Choice | undefined {
    const current = this.#current
    return current && this.#host.candidates().find((candidate) => isSame(candidate, current))?.choice
  }

  /** Whether any network is stored. */
  get isSetUp(): boolean {
    return this.#host.candidates().length > 0
  }

  /** `connected`, with the network in use when it is not the first choice; or why not. The server has room for 32 characters. */
  get status(): string {
    if (!this.up) return this.#reason
    return this.choice === 'first' ? 'connected' : `connected in_use=${this.choice ?? 'other'}`
  }

  /** Pairs for `network_quality`: what became of the first choice, and the network's name; empty in the first choice. */
  get detail(): string {
    if (!this.up || this.choice === 'first') return ''
    const ssid = this.#current!.ssid.replaceAll('&', '%26')
    return `&first_choice=${this.#firstChoice.reason ?? 'not_tried'}&ssid=${ssid}`
  }

  /** How often the station has lost its network since power-on. */
  get disconnectCount(): number {
    return this.#disconnects
  }

  /** The last signal strength that was measured, in dBm. */
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

  /** Leaves the network and joins the stored ones again, the first choice first. */
  rejoin(): void {
    this.#leave()
    this.start()
  }

  /** Switches to newly stored credentials if their network is in range; otherwise stays in the present network. */
  credentialsChanged(): void {
    this.#firstChoice.reason = undefined
    if (this.#trial === undefined) this.#firstChoice.start(CHANGE_DELAY)
  }

  /**
   * Tries credentials that are not stored. If they lead to an address, it stores them and `others` at once, and calls
   * back with undefined. Otherwise it calls back with the reason, stores nothing and returns to the stored networks. A
   * later trial silences this one.
   * @param onAssociated called when the network has taken the station in, which has no address yet
   */
  tryCredentials(credentials: Credentials, others: Others, onOutcome: Outcome, onAssociated?: () => void): void {
    this.#leave()
    this.#trial = { others, onOutcome, onAssociated }
    this.#queue = []
    this.#roundBegan = this.#options.clock.now()
    this.#join(credentials)
  }

  /** Joins the next of the stored networks, or the same one again: the broker cannot be reached from this one. */
  joinNext(): void {
    if (this.#trial !== undefined) return
    const { choice } = this
    const all = this.#host.candidates()
    const at = all.findIndex((candidate) => candidate.choice === choice) + 1
    if (this.up && choice === 'first') this.#firstChoice.reason = NO_BROKER
    this.#leave()
    this.#beginRound([...all.slice(at), ...all.slice(0, at)])
  }

  /** Switches the radio off for a moment. It counts as a lost network. */
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

  #beginRound(queue: readonly Credentials[] = this.#host.candidates()): void {
    this.#roundBegan = this.#options.clock.now()
    this.#queue = queue
    this.#joinQueued()
  }

  #joinQueued(): void {
    const { clock, log } = this.#options
    const [candidate, ...others] = this.#queue
    this.#queue = others
    if (candidate !== undefined) return this.#join(candidate)
    if (!this.isSetUp) return log('wifi: no network is set up')
    const elapsed = clock.now() - this.#roundBegan
    const wait = this.quiet ? Math.max(0, Math.round(QUIET_ROUND - elapsed)) : this.#backoff.next(elapsed)
    log(`wifi: next round in ${wait} ms`)
    this.#timer = clock.set(() => this.#beginRound(), wait)
  }

  #join(candidate: Credentials): void {
    this.#current = candidate
    this.#options.log(`wifi: joining ${candidate.ssid}`)
    this.#association.join(candidate)
  }

  onAssociated(): void {
    this.#trial?.onAssociated?.()
  }

  onJoined(candidate: Credentials): void {
    this.#backoff.reset()
    this.#options.log('wifi: connected')
    const trial = this.#trial
    this.#trial = undefined
    if (trial !== undefined) this.#host.adopt(candidate, trial.others)
    if (this.choice === 'first') this.#firstChoice.reason = undefined
    else this.#firstChoice.start()
    this.#host.onUp()
    trial?.onOutcome(undefined)
  }

  onEnded(reason: string): void {
    const { clock, log } = this.#options
    const { up: wasUp, choice } = this
    const trial = this.#trial
    this.#reason = reason
    log(`wifi: ${reason}`)
    this.#leave()
    if (trial !== undefined) {
      trial.onOutcome(reason)
      // The callback may have started another trial.
      if (this.#trial === undefined) this.#beginRound()
      return
    }
    if (choice === 'first') this.#firstChoice.reason = reason
    if (!wasUp) return this.#joinQueued()
    this.#disconnects++
    this.#timer = clock.set(() => this.#beginRound(), this.#backoff.next())
  }

  /** Leaves the network and cancels everything that is planned, except the rest of the round. */
  #leave(): void {
    this.#trial = undefined
    this.#options.clock.clear(this.#timer)
    this.#firstChoice.stop()
    if (this.#association.leave()) this.#host.onDown()
  }
}
