import type { Clock } from '../ports/clock.js'

/** The concentrator empties its backlog well within this time after its notifications were enabled, in ms. */
const BACKLOG_TIME = 5_000

/** Both clocks are cut to whole seconds. */
const ROUNDING = 2

const OLDEST = 7 * 86_400

/**
 * Tells how old a telegram is by the clock of the concentrator, which runs but is not set to any time (flowiq.md 1.5).
 * What arrives live links that clock with ours. The link holds over a loss of the connection, so that the backlog of
 * the next one has its time; the backlog of the first connection has none.
 */
export class BacklogClock {
  #clock: Clock
  #liveFrom = Number.POSITIVE_INFINITY
  /** The concentrator's seconds in the last record. */
  #last = 0
  /** The concentrator's seconds in the last live record, and our milliseconds when it came. */
  #live: number | undefined
  #liveAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Notifications were enabled just now: the backlog comes first. */
  subscribed(): void {
    this.#liveFrom = this.#clock.now() + BACKLOG_TIME
  }

  /**
   * Age of a record that came just now, in seconds; undefined when it cannot be known.
   * @param seconds the concentrator's clock in the record
   */
  age(seconds: number): number | undefined {
    const now = this.#clock.now()
    // Records come in the order they were made, so the clock has been reset.
    if (seconds < this.#last - ROUNDING) this.#live = undefined
    this.#last = seconds
    if (now >= this.#liveFrom) {
      this.#live = seconds
      this.#liveAt = now
      return 0
    }
    if (this.#live === undefined) return undefined
    const age = this.#live + Math.floor((now - this.#liveAt) / 1000) - seconds
    if (age < -ROUNDING || age > OLDEST) return undefined
    return Math.max(0, age)
  }
}
