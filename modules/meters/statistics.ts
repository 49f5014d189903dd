import type { Clock } from '../ports/clock.js'
import type { Reading } from './meter.js'

/** How well the meter is heard, as the portal shows it. */
export interface MeterState {
  /** The last reading; undefined before the first. */
  readonly reading: Reading | undefined
  /** Seconds since the reading. */
  readonly age: number
  /** Readings and failures since power-on. */
  readonly dialogues: number
  /** How many of the dialogues gave a reading. */
  readonly good: number
  /** Why the others did not, in the words of the log. */
  readonly errors: readonly { readonly text: string; readonly count: number }[]
}

/** The table names so many kinds of errors; all further kinds share one line. */
const MAX_KINDS = 8
const OTHERS = 'others'

/** Counts how well the meter is heard: its last reading, and how often each kind of error came since power-on. */
export class MeterStatistics {
  #clock: Clock
  #reading: Reading | undefined
  #readAt = 0
  #dialogues = 0
  #good = 0
  #errors = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  onReading(reading: Reading, at: number): void {
    this.#reading = reading
    this.#readAt = at
    this.#dialogues++
    this.#good++
  }

  /** @param error `registers: crc: expected 6303, got 6302 (...)`; what stands before the values names its kind */
  onFailure(error: string): void {
    this.#dialogues++
    const values = error.indexOf(': expected ')
    const kind = values < 0 ? error : error.slice(0, values)
    const isKnown = this.#errors.has(kind) || this.#errors.size < MAX_KINDS
    const name = isKnown ? kind : OTHERS
    this.#errors.set(name, (this.#errors.get(name) ?? 0) + 1)
  }

  /** Whether there was a reading in the last so many milliseconds. */
  wasReadWithin(ms: number): boolean {
    return this.#reading !== undefined && this.#clock.now() - this.#readAt <= ms
  }

  state(): MeterState {
    return {
      reading: this.#reading,
      age: Math.floor((this.#clock.now() - this.#readAt) / 1000),
      dialogues: this.#dialogues,
      good: this.#good,
      errors: [...this.#errors].map(([text, count]) => ({ text, count })),
    }
  }
}
