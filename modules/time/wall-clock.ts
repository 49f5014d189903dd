import type { Clock } from '../ports/clock.js'

/** Unix time on top of the monotonic clock; unset until a time server has answered. */
export class WallClock {
  #clock: Clock
  #offset: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param unix milliseconds at this moment */
  set(unix: number): void {
    this.#offset = unix - this.#clock.now()
  }

  /** Unix seconds of a moment of the monotonic clock; undefined as long as the time is not known. */
  at(monotonic: number): number | undefined {
    return this.#offset === undefined ? undefined : Math.floor((this.#offset + monotonic) / 1000)
  }

  /** Unix seconds now. */
  now(): number | undefined {
    return this.at(this.#clock.now())
  }

  /** Unix milliseconds now. */
  unix(): number | undefined {
    return this.#offset === undefined ? undefined : this.#offset + this.#clock.now()
  }

  /** Unix seconds now, with their fraction. */
  exact(): number | undefined {
    const unix = this.unix()
    return unix === undefined ? undefined : unix / 1000
  }
}
