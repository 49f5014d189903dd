import type { Clock } from '../modules/ports/clock.js'

/** What a water meter shows. */
export interface WaterDisplay {
  /** Bits of the water status (flowiq.md 3.2). */
  readonly status: number
  readonly litres: number
  /** What it showed when the month began. */
  readonly lastMonth: number
  /** Degrees Celsius. */
  readonly water: number
  readonly ambient: number
}

const HOUR = 3_600_000
const MONTH = 30 * 24 * HOUR

/** Draws an hour, by the hour of the day; about 380 l a day. */
const DRAWS = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 7, 7, 7, 3, 3, 3, 3, 3, 3, 3, 3, 7, 7, 7, 7, 7, 0.5, 0.5]
const LARGEST_DRAW = 8

/** A family that uses water; the clock starts at midnight. */
export class WaterUse {
  status = 0
  #clock: Clock
  #random: () => number
  #updated: number
  #month: number
  #litres: number
  #lastMonth: number

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
    this.#updated = clock.now()
    this.#month = Math.floor(this.#updated / MONTH)
    this.#litres = 8_000 + Math.floor(random() * 100_000)
    this.#lastMonth = this.#litres - 382
  }

  /** What is used since the last call is decided in this one. */
  display(): WaterDisplay {
    const now = this.#clock.now()
    const hours = now / HOUR
    const draws = (DRAWS[Math.floor(hours) % 24]! * (now - this.#updated)) / HOUR
    this.#updated = now
    const month = Math.floor(now / MONTH)
    if (month !== this.#month) this.#lastMonth = this.#litres
    this.#month = month
    if (this.#random() < draws) this.#litres += 1 + Math.floor(this.#random() * LARGEST_DRAW)
    return {
      status: this.status,
      litres: this.#litres,
      lastMonth: this.#lastMonth,
      water: Math.round(11 + 2 * Math.sin(hours / 60)),
      ambient: Math.round(22 + 2 * Math.sin((hours - 9) / 3.8)),
    }
  }
}
