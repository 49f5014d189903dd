/** What a telegram claims: its place in time and the meter's total. */
export interface Claim {
  /** Session number of the extended link layer: minutes of the meter's own clock in bits 28 to 4. */
  readonly sessionNumber: number
  /** In litres, of an electricity meter in Wh. */
  readonly total: number
}

/** Litres or Wh: the last digit of a total may stand for 100. */
const SLACK = 200

/** Minutes by which the meter's clock may run ahead of ours, for clocks that differ and meters that were silent. */
const MINUTES_AHEAD = 60

/**
 * Decides whether a telegram is believed. Its session number must advance, so that nothing is reported twice. The next
 * telegram must confirm a total that falls or rises faster than the meter's own clock allows, and a session number far
 * ahead of our clock.
 */
export class Plausibility {
  #most: number
  #last: Claim | undefined
  #lastAt: number | undefined
  #doubtful: Claim | undefined

  /**
   * @param most what the total may rise by in a minute
   * @param last the claim that was believed last, before power-off
   */
  constructor(most: number, last: Claim | undefined) {
    this.#most = most
    this.#last = last
  }

  /** The claim that was believed last. */
  get last(): Claim | undefined {
    return this.#last
  }

  /** @param at when the telegram was heard, in ms on the monotonic clock */
  judge(claim: Claim, at: number): 'believed' | 'replayed' | 'doubtful' {
    const last = this.#last
    if (last !== undefined && claim.sessionNumber <= last.sessionNumber) return 'replayed'
    const follows = last === undefined || (this.#follows(claim, last) && this.#isNow(claim, last, at))
    const confirms = this.#doubtful !== undefined && this.#follows(claim, this.#doubtful)
    if (!follows && !confirms) {
      this.#doubtful = claim
      return 'doubtful'
    }
    this.#last = claim
    this.#lastAt = at
    this.#doubtful = undefined
    return 'believed'
  }

  #follows(claim: Claim, before: Claim): boolean {
    const minutes = minutesOf(claim) - minutesOf(before)
    const used = claim.total - before.total
    return claim.sessionNumber > before.sessionNumber && used >= 0 && used <= SLACK + (minutes + 1) * this.#most
  }

  /** Returns whether the meter's clock has kept to ours since the last claim. */
  #isNow(claim: Claim, last: Claim, at: number): boolean {
    if (this.#lastAt === undefined) return true
    return minutesOf(claim) - minutesOf(last) <= (at - this.#lastAt) / 60_000 + MINUTES_AHEAD
  }
}

function minutesOf({ sessionNumber }: Claim): number {
  return (sessionNumber >>> 4) & 0x1ffffff
}
