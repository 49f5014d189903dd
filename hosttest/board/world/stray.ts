import type { Level } from './pin.js'

/** Volts of the supply, and below and above which an input is surely low or high; between them it keeps what it was. */
const SUPPLY = 3.3
const LOW = 0.25 * SUPPLY
const HIGH = 0.75 * SUPPLY

/** A quarter of a period of the mains: zero, crest, zero, trough. */
export const QUARTER = 5
const WAVE = [0, 1, 0, -1]

/* What a cable beside 230 V brings to a pin that nothing holds, in volts: the hum, and what a crest differs from another. */
const HUM = 1.3
const RIPPLE = 0.4

/** Where leakage takes the pin: it wanders between these volts, so far in a quarter of a period. */
const LOWEST = 0.8
const HIGHEST = 2.5
const STEP = 0.02

/** How much of the way there a pin goes in a quarter: after a contact has let go of it, 150 ms are two thirds of it. */
const LEAK = 0.033

/**
 * What a pin shows that neither a pull resistor nor a contact holds. Its charge stays and leaks away slowly, to a voltage
 * that drifts, and the mains hums on top of it.
 */
export class Stray {
  level: Level = 0
  #charge = SUPPLY / 2
  #rest = SUPPLY / 2
  #quarter = 0
  #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /** Something holds the pin at this level, and so its charge. */
  hold(level: Level): void {
    this.level = level
    this.#charge = level * SUPPLY
  }

  /** A quarter of a period passes. */
  pass(): void {
    const random = this.#random
    this.#rest = Math.min(HIGHEST, Math.max(LOWEST, this.#rest + (2 * random() - 1) * STEP))
    this.#charge += (this.#rest - this.#charge) * LEAK
    this.#quarter = (this.#quarter + 1) % WAVE.length
    const volts = this.#charge + WAVE[this.#quarter]! * (HUM + (2 * random() - 1) * RIPPLE)
    if (volts < LOW) this.level = 0
    else if (volts > HIGH) this.level = 1
  }
}
