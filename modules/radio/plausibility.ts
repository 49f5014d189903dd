import { BORNE_OUT, isBorneOut } from './borne-out.js'

/** What a telegram claims: its place in time and the meter's total. */
export interface Claim {
  /** Session number of the extended link layer: minutes of the meter's own clock in bits 28 to 4. */
  readonly sessionNumber: number
  /** In litres, of an electricity meter in Wh. */
  readonly total: number
}

/** Why a telegram is not believed yet: the total has jumped, or the meter's clock has. */
export type Doubt = 'total' | 'clock'

/** Litres or Wh: the last digit of a total may stand for 100. */
const SLACK = 200

const MINUTE = 60_000
/** Minutes by which the meter's clock may run ahead of ours, for clocks that differ and meters that were silent. */
const MINUTES_AHEAD = 60
/** A meter whose clock has jumped is believed after so long, and one whose total has jumped at the latest. */
const CLOCK_SPAN = 60 * MINUTE
const LONGEST_SPAN = 24 * 60 * MINUTE
/** Minutes by which the meter's clock and ours may differ while a jump waits to be borne out. */
const OUT_OF_STEP = 5

/** Telegrams that follow from each other, but not from the last that was believed. */
interface Chain {
  readonly first: Claim
  readonly since: number
  last: Claim
  count: number
}

/**
 * Decides whether a telegram is believed (docs/protocol/wireless-mbus.md, what the device believes). A total may rise as
 * fast as the meter can count. Whatever jumps has to be borne out by telegrams that follow from each other, for as long
 * as the meter would need to count the jump, while no telegram comes that follows from the last believed one.
 */
export class Plausibility {
  #most: number
  #last: Claim | undefined
  #lastAt: number | undefined
  #startedAt: number | undefined
  /** The most that the total may rise at once. */
  #credit: number
  #chain: Chain | undefined
  #doubt: Doubt | undefined

  /**
   * @param most what the total may rise by in a minute
   * @param last the claim that was believed last, before power-off
   */
  constructor(most: number, last: Claim | undefined) {
    this.#most = most
    this.#last = last
    this.#credit = SLACK + most
  }

  /** The claim that was believed last. */
  get last(): Claim | undefined {
    return this.#last
  }

  /** Why a meter that is heard well is not believed. */
  get doubt(): Doubt | undefined {
    return this.#doubt
  }

  /**
   * @param at when the meter sent it, in ms on the monotonic clock
   * @param isProven whether the meter is known to send records like these; without it nothing is believed
   */
  judge(claim: Claim, at: number, isProven: boolean): 'believed' | 'replayed' | 'doubtful' {
    this.#startedAt ??= at
    const last = this.#last
    if (last === undefined)
      return this.#bearsOut(claim, at, 0) && isProven ? this.#believe(claim, at, SLACK) : 'doubtful'
    if (!isProven) return 'doubtful'
    if (claim.sessionNumber === last.sessionNumber) return 'replayed'
    const isNow = claim.sessionNumber > last.sessionNumber && this.#isNow(claim, last, at)
    const minutes = isNow ? minutesOf(claim) - minutesOf(last) : (at - (this.#lastAt ?? this.#startedAt)) / MINUTE
    const rise = claim.total - last.total
    const left = this.#credit + minutes * this.#most - rise
    const isJump = rise < 0 || left < 0
    if (isNow && !isJump) return this.#believe(claim, at, left)
    // The time that passes catches up with a total that rises too fast.
    const span = left < 0 ? LONGEST_SPAN : Math.min(LONGEST_SPAN, ((SLACK - rise) / this.#most) * MINUTE)
    if (this.#bearsOut(claim, at, isNow ? span : Math.max(span, CLOCK_SPAN))) return this.#believe(claim, at, SLACK)
    this.#doubt = isBorneOut(this.#chain!.count, at - this.#chain!.since) ? (isJump ? 'total' : 'clock') : undefined
    return claim.sessionNumber < last.sessionNumber ? 'replayed' : 'doubtful'
  }

  #believe(claim: Claim, at: number, credit: number): 'believed' {
    this.#last = claim
    this.#lastAt = at
    this.#credit = Math.min(credit, SLACK + this.#most)
    this.#chain = undefined
    this.#doubt = undefined
    return 'believed'
  }

  /** Adds a claim to those that do not follow. Returns whether they go on long enough. */
  #bearsOut(claim: Claim, at: number, span: number): boolean {
    const chain = this.#chain
    if (chain === undefined || !this.#goesOn(chain, claim, at)) {
      if (chain === undefined || claim.sessionNumber !== chain.last.sessionNumber)
        this.#chain = { first: claim, since: at, last: claim, count: 1 }
      return false
    }
    chain.last = claim
    chain.count++
    return chain.count >= BORNE_OUT.telegrams && at - chain.since >= Math.max(span, BORNE_OUT.ms)
  }

  #goesOn({ first, since, last }: Chain, claim: Claim, at: number): boolean {
    const minutes = (at - since) / MINUTE
    const ahead = minutesOf(claim) - minutesOf(first) - minutes
    return (
      claim.sessionNumber > last.sessionNumber &&
      Math.abs(ahead) <= OUT_OF_STEP &&
      claim.total >= last.total &&
      claim.total - first.total <= SLACK + (minutes + 1) * this.#most
    )
  }

  /** Returns whether the meter's clock has kept to ours since the last claim. */
  #isNow(claim: Claim, last: Claim, at: number): boolean {
    if (this.#lastAt === undefined) return true
    return minutesOf(claim) - minutesOf(last) <= (at - this.#lastAt) / MINUTE + MINUTES_AHEAD
  }
}

function minutesOf({ sessionNumber }: Claim): number {
  return (sessionNumber >>> 4) & 0x1ffffff
}
