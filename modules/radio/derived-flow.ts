const SHORTEST = 60_000
const LONGEST = 7_200_000

/** Derives the flow of a meter that tells only its total (docs/protocol/wireless-mbus.md, sample of a radio meter). */
export class DerivedFlow {
  #litres = 0
  #at: number | undefined

  /**
   * Returns the flow since the call before in whole l/h; undefined at the first call, after less than a minute or more
   * than two hours, and when the total has fallen.
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
