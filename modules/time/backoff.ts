/** Delays between attempts. They double up to a limit and are shortened at random, so that a fleet does not call in step. */
export class Backoff {
  #first: number
  #limit: number
  #random: () => number
  #next: number

  /** @param random numbers from 0 to below 1 */
  constructor(first: number, limit: number, random: () => number) {
    this.#first = first
    this.#limit = limit
    this.#random = random
    this.#next = first
  }

  /**
   * The delay before the next attempt, in whole milliseconds.
   * @param elapsed the time that the failed attempt has taken, which counts towards the delay
   */
  next(elapsed = 0): number {
    const ms = this.#next
    this.#next = Math.min(2 * ms, this.#limit)
    return Math.max(0, Math.round(ms * (0.5 + this.#random() / 2) - elapsed))
  }

  reset(): void {
    this.#next = this.#first
  }
}
