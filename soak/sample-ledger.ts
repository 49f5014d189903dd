import type { Violation } from './ledger.js'
import { describeTime } from './schedule.js'

const EXPECTED = 1
const UNDATED = 2

/** The device counts whole seconds from when it learnt the time, so a sample may bear a second beside its own. */
const TOLERANCE = 2

/** A broker that forgets its sessions this many s before or after PUBCOMP may get the message again (docs/journal.md). */
const UNDER_WAY = 2

/** Seconds from power-on. */
export interface Span {
  readonly from: number
  readonly until: number
}

/** The samples of one meter, by seconds from power-on. Typed arrays keep them out of the heap of JavaScript. */
export class SampleLedger {
  readonly name: string
  expected = 0
  delivered = 0
  late = 0
  lost = 0
  undated = 0
  doubled = 0
  doubledByBroker = 0
  #taken: Uint8Array
  /** The second in which the broker passed a sample on, plus 1. */
  #passedOn: Uint32Array

  constructor(name: string, seconds: number) {
    this.name = name
    this.#taken = new Uint8Array(seconds)
    this.#passedOn = new Uint32Array(seconds)
  }

  /** Bytes of the arrays. */
  get byteLength(): number {
    return this.#taken.byteLength + this.#passedOn.byteLength
  }

  take(second: number): void {
    this.#taken[second] = EXPECTED
    this.expected++
  }

  /** Nobody can date the samples of a boot that never knew the time. */
  giveUp(from: number, to: number): void {
    for (let second = Math.max(0, from); second <= to; second++)
      if (this.#taken[second] === EXPECTED) this.#taken[second] = UNDATED
  }

  /**
   * @param forgotAt when the broker last forgot its sessions, in seconds
   * @param refusals when the journal's flash kept no mark of what was delivered
   */
  passOn(second: number, at: number, forgotAt: number, refusals: readonly Span[]): Violation | undefined {
    const before = this.#passedOn[second]
    if (before) {
      const isForgotten = forgotAt >= before - 1 - UNDER_WAY && forgotAt <= before - 1 + UNDER_WAY
      if (isForgotten || refusals.some(({ from, until }) => before - 1 >= from && before - 1 <= until)) {
        this.doubledByBroker++
        return undefined
      }
      this.doubled++
      return { kind: 'doubled', at: at * 1000, text: `sample of ${this.name} of ${describeTime(second * 1000)}` }
    }
    this.#passedOn[second] = at + 1
    this.delivered++
    if (at - second > 60) this.late++
    return undefined
  }

  /** Finds each expected sample that did not come, then keeps the sums only. */
  close(): Violation[] {
    const violations: Violation[] = []
    for (let second = 0; second < this.#taken.length; second++) {
      const taken = this.#taken[second]
      if (!taken || this.#cameAt(second)) continue
      if (taken === UNDATED) this.undated++
      else {
        this.lost++
        violations.push({ kind: 'lost', at: second * 1000, text: `sample of ${this.name}` })
      }
    }
    this.#forget()
    return violations
  }

  /** Finds each period without a sample and without an excused second, then keeps the sums only. */
  closePeriods(period: number, end: number, excused: Uint8Array): Violation[] {
    const violations: Violation[] = []
    let last = 0
    let isExcused = false
    for (let second = 0; second < end; second++) {
      isExcused ||= excused[second] === 1
      if (!this.#passedOn[second] && second !== end - 1) continue
      const missing = isExcused ? 0 : Math.max(0, Math.ceil((second - last) / period) - 1)
      this.expected += missing + 1
      if (missing > 0) {
        this.lost += missing
        const text = `no sample of ${this.name} for ${second - last} s`
        violations.push({ kind: 'lost', at: last * 1000, text })
      }
      last = second
      isExcused = excused[second] === 1
    }
    this.#forget()
    return violations
  }

  #forget(): void {
    this.#taken = new Uint8Array(0)
    this.#passedOn = new Uint32Array(0)
  }

  #cameAt(second: number): boolean {
    for (let near = second - TOLERANCE; near <= second + TOLERANCE; near++) if (this.#passedOn[near]) return true
    return false
  }
}
