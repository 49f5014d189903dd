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

/** What tells one house from another. */
export interface Household {
  /** How much it uses against the usual house. */
  readonly size: number
  /** K by which it is colder outside; the water comes as much warmer. */
  readonly cold: number
  /** Hours that its day is ahead of the others'. */
  readonly ahead: number
  /** What its meter shows at first. */
  readonly kilowattHours: number
  readonly litres: number
}

const USUAL: Household = { size: 1, cold: 0, ahead: 0, kilowattHours: 56726, litres: 1321270 }

/** A household by chance: the larger ones have used more. */
export function someHousehold(random: () => number): Household {
  const size = 0.4 + 1.6 * random()
  const years = 1 + 9 * random()
  const kilowattHours = Math.floor(size * years * 16_000)
  return { size, cold: 10 * random() - 5, ahead: 24 * random(), kilowattHours, litres: kilowattHours * 25 }
}

/** A heated house. Temperatures and flow swing through the day, and energy and volume follow from them. */
export class HeatedHouse {
  #clock: Clock
  #household: Household
  #updated: number
  #kilowattHours: number
  #litres: number

  constructor(clock: Clock, household = USUAL) {
    this.#clock = clock
    this.#household = household
    this.#updated = clock.now()
    this.#kilowattHours = household.kilowattHours
    this.#litres = household.litres
  }

  /** What the meter shows now. Whoever only looks changes nothing. */
  get shown(): Display {
    return this.#state().display
  }

  /** What the meter shows now; it counts on from here. */
  display(): Display {
    const { display, kilowattHours, litres } = this.#state()
    this.#updated = this.#clock.now()
    this.#kilowattHours = kilowattHours
    this.#litres = litres
    return display
  }

  #state() {
    const { size, cold, ahead } = this.#household
    const now = this.#clock.now()
    const hours = now / 3_600_000 + ahead
    const flow = Math.round(size * (300 + 200 * Math.sin(hours / 2) + 40 * Math.sin(hours * 7)))
    const forward = Math.round(6800 + 100 * cold + 400 * Math.sin(hours / 5) + 60 * Math.sin(hours * 11))
    const back = Math.round(3900 + 250 * Math.sin(hours / 4 + 1))
    const kilowatts = (flow * (forward - back) * 1.163) / 100_000
    const elapsed = (now - this.#updated) / 3_600_000
    const kilowattHours = this.#kilowattHours + kilowatts * elapsed
    const litres = this.#litres + flow * elapsed
    const display: Display = {
      forward,
      back,
      flow,
      energy: Math.floor(kilowattHours),
      volume: Math.floor(litres / 10),
      hours: 73327 + Math.floor(now / 3_600_000),
      power: Math.round(kilowatts * 10),
    }
    return { display, kilowattHours, litres }
  }
}
