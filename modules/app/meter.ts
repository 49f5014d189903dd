import { En61107Meter } from '../en61107/client.js'
import { ImpulseCounter } from '../impulse/counter.js'
import { ImpulseMeter } from '../impulse/meter.js'
import { KmpMeter } from '../kmp/client.js'
import { fixedMeter, MadeUpMeter, noMeter } from '../meters/demo-meter.js'
import { MeterLine } from '../meters/line.js'
import type { Meter } from '../meters/meter.js'
import type { Clock } from '../ports/clock.js'
import type { ImpulsePort } from '../ports/impulse.js'
import type { SerialPort } from '../ports/serial.js'
import type { StoragePort } from '../ports/storage.js'
import type { Settings } from '../storage/settings.js'
import type { SlotError } from '../storage/slots.js'
import type { Flags } from './flags.js'

/** What the meters need of the world. */
export interface MeterPorts {
  readonly clock: Clock
  readonly serial: SerialPort
  readonly impulses: ImpulsePort | undefined
  readonly storage: StoragePort
  /** Shows an impulse. */
  readonly light: { flash(ms: number): void }
  /** Flash does not take what is counted. */
  onFlashError(error: SlotError): void
}

const IMPULSE_FLASH = 100

/**
 * The meter that the build flags name.
 * @param seconds on any clock, unix time where there is one; for made-up data
 */
export function createMeter(
  ports: MeterPorts,
  flags: Flags,
  settings: () => Readonly<Settings>,
  seconds: () => number,
): Meter {
  switch (flags.meter) {
    case 'none':
      return flags.model === 'MC' || flags.model === 'MC_B' ? fixedMeter : new MadeUpMeter(flags.serial, seconds)
    case 'kmp':
      return new KmpMeter(new MeterLine(ports.serial, ports.clock))
    case 'mc66c':
      return new En61107Meter(new MeterLine(ports.serial, ports.clock), '66-C')
    case 'mc66b':
      return new En61107Meter(new MeterLine(ports.serial, ports.clock), '66-B')
    case 'flowiq':
      return noMeter
    case 'impulse':
      return createImpulseMeter(ports, flags, settings)
  }
}

function createImpulseMeter(ports: MeterPorts, flags: Flags, settings: () => Readonly<Settings>): Meter {
  const { clock, storage, impulses, light, onFlashError } = ports
  if (impulses === undefined) throw new Error('an impulse meter needs an input')
  return new ImpulseMeter({
    clock,
    counter: new ImpulseCounter({
      clock,
      storage,
      port: impulses,
      anyWidth: flags.flowMeter,
      onCounted: () => light.flash(IMPULSE_FLASH),
      onFlashError,
    }),
    settings: () => {
      const values = settings()
      return { ...values, impulseSerial: values.impulseSerial || flags.serial }
    },
    flow: flags.flowMeter,
  })
}
