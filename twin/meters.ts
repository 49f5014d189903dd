import { DRIVERS } from '../modules/app/drivers.js'
import type { Clock } from '../modules/ports/clock.js'
import { type SimulatedImpulses, startImpulses } from './impulses.js'
import type { SimulatedLine } from './line.js'
import { SimulatedMultical } from './multical.js'
import { SimulatedMultical66 } from './multical66.js'

/** What the twin has for a driver: all of it may be missing. */
interface TwinMeter {
  /** Attaches the simulated meter to the line; gives it back where tests look into it. */
  readonly attach?: (line: SimulatedLine, clock: Clock, serial: number) => unknown
  /** Starts what gives impulses by itself; gives what ends it. */
  readonly live?: (impulses: SimulatedImpulses, clock: Clock) => () => void
  /** Build options of `--meter` beside the driver's own. */
  readonly options?: Readonly<Record<string, string>>
}

/** The simulated meters, by the names of the drivers. */
const SIMULATED: Readonly<Record<string, TwinMeter>> = {
  kmp: { attach: (line, clock, serial) => new SimulatedMultical(line, clock, serial) },
  mc66c: { attach: (line, clock, serial) => new SimulatedMultical66(line, clock, serial, '66-C') },
  mc66b: { attach: (line, clock, serial) => new SimulatedMultical66(line, clock, serial, '66-B') },
  impulse: { live: startImpulses },
  'impulse-dev-board': { live: startImpulses },
  flowiq: { options: { WATER_METERS: '12345678:000102030405060708090a0b0c0d0e0f' } },
}

/** The simulated meter of a driver; nothing answers where there is none. */
export function twinMeter(driver: string): TwinMeter {
  return SIMULATED[driver] ?? {}
}

/** Build options of a twin with the meter of this driver. */
export function optionsOf(driver: string): Readonly<Record<string, string>> {
  const option = DRIVERS.find(({ name }) => name === driver)?.option
  return { ...(option === undefined ? {} : { [option]: '1' }), ...twinMeter(driver).options }
}
