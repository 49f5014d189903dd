const SHORTEST = 60_000
const LONGEST = 7_200_000

/** The flow of a meter that tells only its total: what it has counted since the sample before (flowiq.md 6). */
export class DerivedFlow {
  #litres = 0
  #at: number | undefined

  /**
   * Whole l/h since the call before; undefined the first time, after less than a minute or more than two hours, and
   * when the total has gone back.
   * @param litres the meter's total
   * @param at ms on the monotonic clock
   */
  next(litres: number, at: number): number | undefined {
    const ms = this.#at === undefined ? Number.POSITIVE_INFINITY : at - this.#at
    const used = litres - this.#litres
    if (ms < SHORTEST) return undefined
    this.#litres = litres
    this.#at = at
    return ms > LONGEST || used < 0 ? undefined : Math.round((used * 3_600_000) / ms)
  }
}
