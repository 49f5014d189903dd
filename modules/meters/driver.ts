import type { Clock } from '../ports/clock.js'
import type { ImpulsePort } from '../ports/impulse.js'
import type { SerialPort } from '../ports/serial.js'
import type { StoragePort } from '../ports/storage.js'
import type { Settings } from '../storage/settings.js'
import type { SlotError } from '../storage/slots.js'
import type { QuantityName } from './meter.js'
import type { MeterEvents, MeterSource } from './source.js'

/** What a meter may use of the board. */
export interface MeterPorts {
  readonly clock: Clock
  /** The line to the meter. A driver that uses it sets its speed first and closes it last. */
  readonly serial: SerialPort
  /** The impulse input, in builds whose driver names a pin for it. */
  readonly impulses: ImpulsePort | undefined
  readonly storage: StoragePort
  /** The radio meters that a concentrator hears, in builds with BLE on a host that has it. */
  readonly radio: MeterSource | undefined
  /** The board's light. */
  readonly light: { flash(ms: number): void }
  /** The flash refused what the meter has counted. */
  onFlashError(error: SlotError): void
}

export interface MeterOptions extends MeterEvents {
  /** The build's samples are those of a flow meter (FLOW_METER). */
  readonly flow: boolean
  /** The board's serial number of this moment (SERIAL). */
  readonly serial: string
  /** First word of the build's version text. */
  readonly model: string
  /** The settings of this moment. */
  settings(): Readonly<Settings>
  /** Seconds on any clock, unix time where it is known. */
  seconds(): number
}

/** Another build option that a driver's option sets. */
export interface Implied {
  readonly option: string
  /** Why a build that says 0 is refused; without a reason the 0 is passed over. */
  readonly reason: string | undefined
}

/**
 * Everything that a build must know of a kind of meter. `app/drivers` lists the drivers. A driver is frozen, and its
 * `create` captures no variable: XS then keeps it in flash.
 */
export interface MeterDriver {
  /** Names the driver in the build's folder and for `meterlogger twin --meter`. */
  readonly name: string
  /** The build option, 0 or 1, that chooses the driver; undefined for the driver of a build that chooses none. */
  readonly option: string | undefined
  /** Options of other drivers that may be 1 as well; this driver goes before theirs. */
  readonly over: readonly string[]
  /** Those of `over` whose driver still names the model. */
  readonly keepsModelOf: readonly string[]
  readonly implies: readonly Implied[]
  /** First word of the version text; the server knows devices by it. */
  readonly model: string
  /** The device drives a heating valve, and has the commands and jobs for it. */
  readonly hasValve: boolean
  /** The version text says how the valve's actuator is (THERMO_NC, THERMO_NO). */
  readonly tellsThermo: boolean
  /**
   * The firmware itself counts what the meter gives. So it has the command `save`, and the watchdog does not restart the
   * board, as a restart loses counts.
   */
  readonly counts: boolean
  /** The meter tells its serial number, which the device keeps for its next start. */
  readonly tellsSerial: boolean
  /** The beginning of the device's name where a person reads it: of a heat build, and of a build with FLOW_METER. */
  readonly prefix: { readonly heat: 'KAM_' | 'EL_'; readonly flow: 'KAM_' | 'WATER_' }
  /** A serial number of fewer than 7 digits gets zeros before it. */
  readonly padsSerial: boolean
  /** Which quantities a sample carries in which order: of a heat build, and of a build with FLOW_METER. */
  readonly quantities: { readonly heat: readonly QuantityName[]; readonly flow: readonly QuantityName[] }
  /** The light flashes when the meter has not answered. */
  readonly flashesOnFailure: boolean
  /** The board's pin for impulses, by its name in the manifest; undefined where there are none. */
  readonly impulsePin: 'impulse' | 'impulseDevBoard' | undefined
  /** Makes the meter of a build; throws when the host lacks a port that the driver's build always has. */
  create(ports: MeterPorts, options: MeterOptions): MeterSource
}

const HEAT: readonly QuantityName[] = Object.freeze([
  'program',
  't1',
  't2',
  't3',
  'tdif',
  'flow1',
  'effect1',
  'hr',
  'v1',
  'e1',
] as const)

/** The quantities of a heat meter's sample in the server's order, of heat and of flow builds. */
export const HEAT_METER_QUANTITIES: MeterDriver['quantities'] = Object.freeze({
  heat: HEAT,
  flow: Object.freeze(['program', 'flow1', 'hr', 'v1'] as const),
})

/** A heat meter on the serial line: what most drivers begin with. */
export const ON_THE_LINE = Object.freeze({
  over: Object.freeze([]),
  keepsModelOf: Object.freeze([]),
  implies: Object.freeze([]),
  hasValve: true,
  tellsThermo: true,
  counts: false,
  tellsSerial: true,
  prefix: Object.freeze({ heat: 'KAM_', flow: 'KAM_' }),
  padsSerial: true,
  quantities: HEAT_METER_QUANTITIES,
  flashesOnFailure: false,
  impulsePin: undefined,
} as const satisfies Partial<MeterDriver>)
