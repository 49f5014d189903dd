import { seededRandom } from '../../../twin/random.js'
import { Stray } from './stray.js'

/** ESP32: there are 40 pins, some of them only on paper; from 34 on they have neither driver nor pull resistor. */
export const PINS = 40
export const FIRST_INPUT_ONLY = 34
const MISSING: readonly number[] = [24, 28, 29, 30, 31]

/** Levels that are kept. */
const HISTORY = 1_000

export type Level = 0 | 1

/** One pin of the chip, and what is at it from outside. */
export class Pin {
  used = false
  direction: 'off' | 'input' | 'output' = 'off'
  openDrain = false
  pull: Level | undefined
  out: Level = 0
  /** What it shows while it floats. */
  readonly stray = new Stray(seededRandom(1))
  /** mV at a pin that is measured. */
  millivolts = 0
  /** The last levels that the board has driven. */
  readonly history: { readonly at: number; readonly level: Level }[] = []
  #driven: Level | undefined

  /** What is at the pin from outside; undefined lets it float. */
  set driven(level: Level | undefined) {
    this.#driven = level
    if (level !== undefined) this.stray.hold(level)
  }

  get level(): Level {
    if (this.direction === 'output' && !(this.openDrain && this.out === 1)) return this.out
    return this.#driven ?? this.pull ?? this.stray.level
  }

  get floats(): boolean {
    return this.isWithoutPull && this.#driven === undefined
  }

  /** An input that is held only while something outside does it. */
  get isWithoutPull(): boolean {
    return this.direction === 'input' && this.pull === undefined
  }

  drive(level: Level, at: number): void {
    this.out = level
    this.history.push({ at, level })
    if (this.history.length > HISTORY) this.history.shift()
  }

  reset(): void {
    this.used = false
    this.direction = 'off'
    this.pull = undefined
    this.out = 0
  }
}

export function exists(pin: number): boolean {
  return pin >= 0 && pin < PINS && !MISSING.includes(pin)
}
