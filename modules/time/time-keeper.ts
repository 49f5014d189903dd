import type { Clock, Timer } from '../ports/clock.js'
import type { QueryTime } from '../ports/time.js'
import { Backoff } from './backoff.js'
import type { WallClock } from './wall-clock.js'

export interface TimeKeeperOptions {
  readonly clock: Clock
  readonly query: QueryTime
  readonly random: () => number
  /** The time as far as it is known. */
  readonly wallClock: Pick<WallClock, 'unix'>
  log(text: string): void
}

/** The listener to the time. An object, because a closure would take more RAM. */
export interface TimeHost {
  /** @param unix milliseconds at this moment */
  onTime(unix: number): void
}

/** The original's two servers, then two of other operators with DNS of their own. */
const SERVERS = Object.freeze(['dk.pool.ntp.org', 'us.pool.ntp.org', 'time.cloudflare.com', 'time.google.com'] as const)
const FIRST_RETRY = 1_000
/** Longest time from one query to the next. */
const SLOWEST_RETRY = 8_000
const REFRESH = 3_600_000

/** The machine's clock may have gone wrong by as much within an hour, in ms; no packet takes as long. */
const STEP = 60_000
/** A second server is asked this soon after the first answer since power-on, which is believed. */
const CONFIRM = 10_000
/** One server alone is believed when no other has answered for this long. */
const PATIENCE = 600_000

/** An answer that contradicts what is known. */
interface Claim {
  /** Unix time at the clock's 0, in ms. */
  readonly offset: number
  readonly server: string
  readonly at: number
}

/**
 * Asks the time servers in turn until one answers, then another once an hour. A server's answer is a claim: what would
 * move a known time by more than a minute needs a second server that says the same. What one server has moved since another
 * was heard counts together, and the turn goes on when the network comes and goes, so that none can move the time little by
 * little.
 */
export class TimeKeeper {
  #options: TimeKeeperOptions
  #host: TimeHost
  #backoff: Backoff
  #claim: Claim | undefined
  /** Number of the server that is asked next, counted on without end. */
  #next = 0
  /** The server that was believed last, and how far from the clock's 0 the time was before it was heard, in ms. */
  #believed = ''
  #before = 0
  #run = 0
  #timer: Timer | undefined

  constructor(options: TimeKeeperOptions, host: TimeHost) {
    this.#options = options
    this.#host = host
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_RETRY, options.random)
  }

  start(): void {
    this.stop()
    this.#backoff.reset()
    void this.#ask(this.#run)
  }

  stop(): void {
    this.#run++
    this.#options.clock.clear(this.#timer)
  }

  async #ask(run: number): Promise<void> {
    const { clock, query, log } = this.#options
    const name = SERVERS[this.#next++ % SERVERS.length]!
    const asked = clock.now()
    const unix = await query(name)
    if (run !== this.#run) return
    if (unix === undefined) {
      const wait = this.#backoff.next(clock.now() - asked)
      log(`time: no usable answer from ${name}; next attempt in ${wait} ms`)
      return this.#askIn(wait, run)
    }
    const isFirst = this.#options.wallClock.unix() === undefined
    if (!this.#isBelieved(unix, name)) return this.#askIn(this.#backoff.next(), run)
    this.#backoff.reset()
    this.#claim = undefined
    this.#host.onTime(unix)
    this.#askIn(isFirst ? CONFIRM : REFRESH, run)
  }

  #askIn(ms: number, run: number): void {
    this.#timer = this.#options.clock.set(() => void this.#ask(run), ms)
  }

  #isBelieved(unix: number, server: string): boolean {
    const { clock, wallClock, log } = this.#options
    const at = clock.now()
    const offset = unix - at
    const known = wallClock.unix()
    const before = known === undefined ? offset : this.#believed === server ? this.#before : known - at
    if (Math.abs(offset - before) <= STEP) return this.#believe(server, before)
    const claim = this.#claim
    if (claim !== undefined && Math.abs(offset - claim.offset) <= STEP) {
      if (claim.server !== server || at - claim.at >= PATIENCE) return this.#believe(server, offset)
    } else {
      this.#claim = { offset, server, at }
    }
    log(
      `time: ${server} says ${Math.round(unix / 1000)}, which is far from ${Math.round((before + at) / 1000)}; another is asked`,
    )
    return false
  }

  #believe(server: string, before: number): true {
    this.#believed = server
    this.#before = before
    return true
  }
}
