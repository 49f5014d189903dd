import type { Clock } from '../ports/clock.js'

/** More than anybody sends in a day of setting things up. */
const BURST = 200
/** 288 a day from then on: the flash stands that for decades (docs/flash-wear.md). */
const PERIOD = 300_000

/** What a write is for: a new limit, another state of the valve, or anything else. */
export type Purpose = 'limit' | 'valve' | 'other'

/**
 * Writes that each purpose leaves to those before it. A guest of the portal does not keep the valve from moving, and a
 * server that repeats `open` and `close` does not keep a payment out.
 */
const KEPT = Object.freeze<Record<Purpose, number>>({ limit: 0, valve: 20, other: 40 })

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

  /** @param onSpent called when only writes that move the valve or its limit are left */
  constructor(clock: Clock, onSpent: () => void) {
    this.#clock = clock
    this.#onSpent = onSpent
    this.#filledAt = clock.now()
  }

  /** Whether nothing is left but for a new limit or another state of the valve. */
  get isSpent(): boolean {
    return this.isSpentFor('other')
  }

  isSpentFor(purpose: Purpose): boolean {
    const periods = Math.floor((this.#clock.now() - this.#filledAt) / PERIOD)
    this.#filledAt += periods * PERIOD
    this.#left = Math.min(BURST, this.#left + periods)
    return this.#left <= KEPT[purpose]
  }

  spend(): void {
    if (--this.#left === KEPT.other) this.#onSpent()
  }
}
