/** Waiting times between attempts: doubling up to a limit, shortened at random so that a fleet does not knock in step. */
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

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ms = this.#next
    this.#next = Math.min(2 * ms, this.#limit)
    return Math.round(ms * (0.5 + this.#random() / 2))
  }

  reset(): void {
    this.#next = this.#first
  }
}
