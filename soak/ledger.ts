import type { Clock } from '../modules/ports/clock.js'

/** What must never happen. */
export type ViolationKind =
  | 'lost'
  | 'doubled'
  | 'acted on'
  | 'not done'
  | 'valve'
  | 'memory'
  | 'gone'
  | 'misdated'
  | 'forged'
  | 'wear'

export interface Violation {
  readonly kind: ViolationKind
  /** ms from power-on. */
  readonly at: number
  readonly text: string
}

/** The ledger counts every violation and lists this many. */
const MOST_LISTED = 50

/** The violations that the checkers find. */
export class Ledger {
  readonly violations: Violation[] = []
  count = 0
  #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  violate(kind: ViolationKind, text: string): void {
    this.note({ kind, at: this.#clock.now(), text })
  }

  note(violation: Violation): void {
    this.count++
    if (this.violations.length < MOST_LISTED) this.violations.push(violation)
  }
}
