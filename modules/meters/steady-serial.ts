import type { Reading } from './meter.js'

/** So many readings in a row have to tell another serial number before the device is called by it. */
const NEEDED = 3

export interface TimedReading {
  readonly reading: Reading
  /** Milliseconds of the monotonic clock. */
  readonly at: number
}

const NONE: readonly TimedReading[] = Object.freeze([])

/**
 * Readings of one meter. A reading with another serial number is held back: three in a row are another meter, and come
 * then with their own times; fewer were damaged, or of a second meter on the line, and are dropped.
 */
export class SteadySerial {
  #held: TimedReading[] = []

  /** The readings that count now, in order; none while the serial number is doubted. `known` is empty when there is none. */
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
