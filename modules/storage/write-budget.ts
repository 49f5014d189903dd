import type { Clock } from '../ports/clock.js'

/** More than anybody sends in a day of setting things up. */
const BURST = 200
/** 288 a day from then on: the flash stands that for decades (docs/flash-wear.md). */
const PERIOD = 300_000

/**
 * How much commands, jobs and the portal may write into flash. Whoever has the key, or a server that repeats itself, cannot
 * wear the flash out: what would write more is refused, or waits.
 */
export class WriteBudget {
  #clock: Clock
  #onSpent: () => void
  #left = BURST
  /** The budget has grown up to this moment, in ms of the monotonic clock. */
  #filledAt: number

  /** @param onSpent called when the last write of the budget is taken */
  constructor(clock: Clock, onSpent: () => void) {
    this.#clock = clock
    this.#onSpent = onSpent
    this.#filledAt = clock.now()
  }

  get isSpent(): boolean {
    const periods = Math.floor((this.#clock.now() - this.#filledAt) / PERIOD)
    this.#filledAt += periods * PERIOD
    this.#left = Math.min(BURST, this.#left + periods)
    return this.#left <= 0
  }

  spend(): void {
    if (--this.#left === 0) this.#onSpent()
  }
}
