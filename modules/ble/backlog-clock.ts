import type { Clock } from '../ports/clock.js'

/** Milliseconds in which the concentrator surely empties its backlog once its notifications are enabled. */
const BACKLOG_TIME = 5_000

/** Seconds by which two clocks that count whole seconds may differ. */
const ROUNDING = 2

const OLDEST = 7 * 86_400

/**
 * Computes the age of a telegram from the clock of the concentrator, which runs but was never set
 * (docs/protocol/vw1871.md, clock and age). A live record links that clock with ours. The link outlives the connection,
 * so that the backlog of the next connection can be dated. The backlog of the first connection cannot.
 */
export class BacklogClock {
  #clock: Clock
  #liveFrom = Number.POSITIVE_INFINITY
  /** The concentrator's seconds in the last record. */
  #last = 0
  /** The concentrator's seconds in the last live record, and our milliseconds at its arrival. */
  #live: number | undefined
  #liveAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Tells that notifications were enabled just now: the backlog comes first. */
  subscribed(): void {
    this.#liveFrom = this.#clock.now() + BACKLOG_TIME
  }

  /**
   * Returns the age in seconds of a record that came just now; undefined when it cannot be known.
   * @param seconds the concentrator's clock in the record
   */
  age(seconds: number): number | undefined {
    const now = this.#clock.now()
    // Records come in the order in which they were made. An earlier time means that the clock was reset.
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
