import { DRIVERS } from '../modules/app/drivers.js'
import type { Clock } from '../modules/ports/clock.js'
import type { Household } from './heated-house.js'
import { type SimulatedImpulses, startImpulses } from './impulses.js'
import type { SimulatedLine } from './line.js'
import { SimulatedMultical } from './multical.js'
import { SimulatedMultical66 } from './multical66.js'

/** Where a simulated meter is. */
interface Place {
  readonly line: SimulatedLine
  readonly impulses: SimulatedImpulses
  readonly clock: Clock
  /** The meter's number. */
  readonly serial: number
  /** Whose meter it is; the usual household without this. */
  readonly household?: Household
}

/** The simulated meter of a driver. */
interface TwinMeter {
  /** Attaches a meter that answers; returns it for those who look at it. */
  readonly attach?: (place: Place) => SimulatedMultical | SimulatedMultical66
  /** Starts a meter that talks by itself; returns what ends it. */
  readonly start?: (place: Place) => () => void
  /** Build options of `--meter` beside the driver's own. */
  readonly options?: Readonly<Record<string, string>>
}

/** The simulated meters, by the names of their drivers. */
const SIMULATED: Readonly<Record<string, TwinMeter>> = {
  kmp: { attach: ({ line, clock, serial, household }) => new SimulatedMultical(line, clock, serial, household) },
  mc66c: {
    attach: ({ line, clock, serial, household }) => new SimulatedMultical66(line, clock, serial, '66-C', household),
  },
  mc66b: {
    attach: ({ line, clock, serial, household }) => new SimulatedMultical66(line, clock, serial, '66-B', household),
  },
  impulse: { start: ({ impulses, clock, household }) => startImpulses(impulses, clock, household?.size) },
  'impulse-dev-board': { start: ({ impulses, clock, household }) => startImpulses(impulses, clock, household?.size) },
  flowiq: { options: { WATER_METERS: '12345678:000102030405060708090a0b0c0d0e0f' } },
}

/** The simulated meter of a driver. Without one, nothing is on the line. */
export function twinMeter(driver: string): TwinMeter {
  return SIMULATED[driver] ?? {}
}

/** Build options of a twin with the meter of this driver. */
export function optionsOf(driver: string): Readonly<Record<string, string>> {
  const option = DRIVERS.find(({ name }) => name === driver)?.option
  return { ...(option === undefined ? {} : { [option]: '1' }), ...twinMeter(driver).options }
}
