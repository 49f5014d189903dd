import type { Clock, Timer } from '../ports/clock.js'
import type { QueryTime } from '../ports/time.js'
import { Backoff } from './backoff.js'

export interface TimeKeeperOptions {
  readonly clock: Clock
  readonly query: QueryTime
  readonly random: () => number
  /** Unix milliseconds at this moment. */
  onTime(unix: number): void
  log(text: string): void
}

/** The original's two servers, then two of other operators with DNS of their own. */
const SERVERS = Object.freeze(['dk.pool.ntp.org', 'us.pool.ntp.org', 'time.cloudflare.com', 'time.google.com'] as const)
const FIRST_RETRY = 1_000
/** Longest time from one query to the next. */
const SLOWEST_RETRY = 8_000
const REFRESH = 3_600_000

/** Queries the time servers in turn until one answers, and then once an hour. */
export class TimeKeeper {
  #options: TimeKeeperOptions
  #backoff: Backoff
  #run = 0
  #timer: Timer | undefined

  constructor(options: TimeKeeperOptions) {
    this.#options = options
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_RETRY, options.random)
  }

  start(): void {
    this.stop()
    this.#backoff.reset()
    void this.#ask(this.#run, 0)
  }

  stop(): void {
    this.#run++
    this.#options.clock.clear(this.#timer)
  }

  async #ask(run: number, server: number): Promise<void> {
    const { clock, query, log } = this.#options
    const name = SERVERS[server % SERVERS.length]!
    const asked = clock.now()
    const unix = await query(name)
    if (run !== this.#run) return
    if (unix !== undefined) {
      this.#backoff.reset()
      this.#options.onTime(unix)
      this.#timer = clock.set(() => void this.#ask(run, server), REFRESH)
    } else {
      const wait = Math.max(0, this.#backoff.next() - (clock.now() - asked))
      log(`time: no usable answer from ${name}; next attempt in ${wait} ms`)
      this.#timer = clock.set(() => void this.#ask(run, server + 1), wait)
    }
  }
}
