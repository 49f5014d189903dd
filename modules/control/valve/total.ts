/** The most that a total may rise without a doubt: in a minute, and at once. In the unit of the limit. */
export interface Pace {
  readonly perMinute: number
  readonly once: number
}

/** 6 MW. */
export const HEAT_PACE: Pace = Object.freeze({ perMinute: 100, once: 500 })
/** 10 m3 a minute, in litres. */
export const FLOW_PACE: Pace = Object.freeze({ perMinute: 10_000, once: 50_000 })

/** A total that does not follow from the one before is believed after this many readings that agree. */
const NEEDED = 3

interface Taken {
  readonly total: number
  /** Milliseconds of the monotonic clock. */
  readonly at: number
}

/**
 * The meter's total, as far as its readings hold together. A total that falls, or rises faster than heat can flow, is
 * doubted until three readings in a row agree: one damaged reading neither closes the valve nor makes a limit, and a new
 * meter is believed within minutes.
 */
export class BelievedTotal {
  #pace: Pace
  #last: Taken | undefined
  #doubted: Taken | undefined
  #count = 0

  constructor(pace: Pace) {
    this.#pace = pace
  }

  /** In the unit of the limit; undefined before the first since power-on. */
  get value(): number | undefined {
    return this.#last?.total
  }

  /**
   * Takes the total of a reading; false while it is doubted.
   * @param known the last total that was believed before power-on; undefined when there is none
   */
  take(total: number, at: number, known: number | undefined): boolean {
    const taken = { total, at }
    if (!this.#isExpected(taken, known)) {
      this.#count = this.#doubted !== undefined && this.#follows(this.#doubted, taken) ? this.#count + 1 : 1
      this.#doubted = taken
      if (this.#count < NEEDED) return false
    }
    this.#doubted = undefined
    this.#count = 0
    this.#last = taken
    return true
  }

  #isExpected(taken: Taken, known: number | undefined): boolean {
    if (this.#last !== undefined) return this.#follows(this.#last, taken)
    return known === undefined || (taken.total >= known && taken.total - known <= this.#pace.once)
  }

  #follows(before: Taken, taken: Taken): boolean {
    const { perMinute } = this.#pace
    const rise = taken.total - before.total
    return rise >= 0 && rise <= perMinute * (1 + (taken.at - before.at) / 60_000)
  }
}
