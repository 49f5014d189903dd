import type { Clock } from '../ports/clock.js'

/** Unix time on top of the monotonic clock. It is unknown before `set`. */
export class WallClock {
  #clock: Clock
  #offset: number | undefined
  #listeners: (() => void)[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param unix milliseconds at this moment */
  set(unix: number): void {
    this.#offset = unix - this.#clock.now()
    for (const listener of this.#listeners) listener()
  }

  /** Calls `listener` whenever the time is set from now on. */
  onSet(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** The unix seconds of a moment of the monotonic clock; undefined before `set`. */
  at(monotonic: number): number | undefined {
    return this.#offset === undefined ? undefined : Math.floor((this.#offset + monotonic) / 1000)
  }

  /** The present time in whole unix seconds. */
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
