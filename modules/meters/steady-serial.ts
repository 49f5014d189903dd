import type { Reading } from './meter.js'

/** The device takes another serial number after this many readings in a row. */
const NEEDED = 3

export interface TimedReading {
  readonly reading: Reading
  /** Milliseconds of the monotonic clock. */
  readonly at: number
}

const NONE: readonly TimedReading[] = Object.freeze([])

/**
 * Holds back a reading with another serial number. Three in a row are another meter and pass then, with their own times.
 * Fewer were damaged, or came from a second meter on the line, and are dropped.
 */
export class SteadySerial {
  #held: TimedReading[] = []

  /** The readings that count now, in order; none while the serial number is in doubt. `known` is empty when there is none. */
  take(reading: Reading, at: number, known: string): readonly TimedReading[] {
    const timed = { reading, at }
    if (known === '' || reading.serial === known) {
      this.#held = []
      return [timed]
    }
    if (this.#held.length > 0 && this.#held[0]!.reading.serial !== reading.serial) this.#held = []
    this.#held.push(timed)
    if (this.#held.length < NEEDED) return NONE
    const held = this.#held
    this.#held = []
    return held
  }
}
