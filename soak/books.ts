import { describeTime } from './schedule.js'

/** What must never happen. */
export type What = 'lost' | 'doubled' | 'acted on' | 'not done' | 'valve' | 'memory' | 'gone'

export interface Violation {
  readonly what: What
  /** ms from power-on. */
  readonly at: number
  readonly text: string
}

const EXPECTED = 1
const UNDATED = 2

/** The clock of the device counts whole seconds from when it learnt the time: a sample may bear the second beside its own. */
const TOLERANCE = 2

/** The broker forgets everything in the moment between PUBREC and PUBCOMP: the message comes again, as docs/journal.md says. */
const UNDER_WAY = 2

/** Samples of one meter, by seconds from power-on, outside of the heap of JavaScript. */
export class SampleBook {
  readonly name: string
  expected = 0
  delivered = 0
  late = 0
  lost = 0
  undated = 0
  doubled = 0
  doubledByBroker = 0
  #taken: Uint8Array
  /** Second in which the broker passed it on, plus 1. */
  #passedOn: Uint32Array

  constructor(name: string, seconds: number) {
    this.name = name
    this.#taken = new Uint8Array(seconds)
    this.#passedOn = new Uint32Array(seconds)
  }

  /** Of its memory. */
  get byteLength(): number {
    return this.#taken.byteLength + this.#passedOn.byteLength
  }

  take(second: number): void {
    this.#taken[second] = EXPECTED
    this.expected++
  }

  /** A boot has ended that never knew the time: its samples cannot be dated. */
  giveUp(from: number, to: number): void {
    for (let second = Math.max(0, from); second <= to; second++)
      if (this.#taken[second] === EXPECTED) this.#taken[second] = UNDATED
  }

  /** @param forgotAt when the broker last forgot its sessions, in seconds */
  passOn(second: number, at: number, forgotAt: number): Violation | undefined {
    const before = this.#passedOn[second]
    if (before) {
      if (forgotAt >= before - 1 - UNDER_WAY && forgotAt <= before - 1 + UNDER_WAY) {
        this.doubledByBroker++
        return undefined
      }
      this.doubled++
      return { what: 'doubled', at: at * 1000, text: `sample of ${this.name} of ${describeTime(second * 1000)}` }
    }
    this.#passedOn[second] = at + 1
    this.delivered++
    if (at - second > 60) this.late++
    return undefined
  }

  /** Looks for each expected sample whether it came. Of the book only the sums remain. */
  close(): Violation[] {
    const violations: Violation[] = []
    for (let second = 0; second < this.#taken.length; second++) {
      const taken = this.#taken[second]
      if (!taken || this.#cameAt(second)) continue
      if (taken === UNDATED) this.undated++
      else {
        this.lost++
        violations.push({ what: 'lost', at: second * 1000, text: `sample of ${this.name}` })
      }
    }
    this.#forget()
    return violations
  }

  /** Whether there is a sample in each period, but for those with a second that is excused. Only the sums remain. */
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
        violations.push({ what: 'lost', at: last * 1000, text })
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

/** What the valve may be, by the commands that were taken, the limit and what a power cut may undo. */
export class ValveBook {
  commands = 0
  changes = 0
  byLimit = 0
  byPowerOn = 0
  unexplained = 0
  isOpen = false
  limit = 0
  #changedAt = 0
  #settled = true

  /** How long a change may wait before it is stored. */
  static readonly #delay = 2_100

  /** Open, and no command has opened it since. */
  isOpenSince(at: number): boolean {
    return this.isOpen && this.#changedAt < at
  }

  onCommand(open: boolean, at: number): void {
    this.commands++
    this.#enter(open, at)
  }

  /** The valve has moved to `open` by the limit. */
  onLimit(at: number): void {
    this.byLimit++
    this.#enter(false, at)
  }

  onPowerCut(at: number): void {
    this.#settled = at - this.#changedAt > ValveBook.#delay
  }

  /** @returns whether the device may find the valve to be like this */
  onPowerOn(open: boolean): boolean {
    const may = this.#settled || open === this.isOpen ? open === this.isOpen : true
    if (open !== this.isOpen) this.byPowerOn++
    this.isOpen = open
    this.#settled = true
    return may
  }

  #enter(open: boolean, at: number): void {
    this.isOpen = open
    this.#changedAt = at
  }
}
