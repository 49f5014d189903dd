import type { Clock } from '../modules/ports/clock.js'

/** What a heat meter shows, each in the smallest unit of its display. */
export interface Display {
  /** kWh */
  readonly energy: number
  /** 10 l */
  readonly volume: number
  /** h */
  readonly hours: number
  /** 0.01 C */
  readonly forward: number
  readonly back: number
  /** l/h */
  readonly flow: number
  /** 0.1 kW */
  readonly power: number
}

/** A heated house. Temperatures and flow swing through the day, and energy and volume follow from them. */
export class HeatedHouse {
  #clock: Clock
  #updated: number
  #kilowattHours = 56726
  #litres = 1321270

  constructor(clock: Clock) {
    this.#clock = clock
    this.#updated = clock.now()
  }

  display(): Display {
    const now = this.#clock.now()
    const hours = now / 3_600_000
    const flow = Math.round(300 + 200 * Math.sin(hours / 2) + 40 * Math.sin(hours * 7))
    const forward = Math.round(6800 + 400 * Math.sin(hours / 5) + 60 * Math.sin(hours * 11))
    const back = Math.round(3900 + 250 * Math.sin(hours / 4 + 1))
    const kilowatts = (flow * (forward - back) * 1.163) / 100_000
    const elapsed = (now - this.#updated) / 3_600_000
    this.#updated = now
    this.#kilowattHours += kilowatts * elapsed
    this.#litres += flow * elapsed
    return {
      forward,
      back,
      flow,
      energy: Math.floor(this.#kilowattHours),
      volume: Math.floor(this.#litres / 10),
      hours: 73327 + Math.floor(hours),
      power: Math.round(kilowatts * 10),
    }
  }
}
