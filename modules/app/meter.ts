import { failure } from '../codec/result.js'
import { KmpMeter } from '../kmp/client.js'
import type { Clock } from '../ports/clock.js'
import type { Meter } from '../ports/meter.js'
import type { SerialPort } from '../ports/serial.js'
import { MeterLine } from '../serial/line.js'
import type { Flags } from './flags.js'
import { MadeUpMeter } from './made-up-meter.js'

/** The meter that the build flags name. */
export function createMeter(
  ports: { readonly clock: Clock; readonly serial: SerialPort },
  flags: Flags,
  seconds: () => number,
): Meter {
  switch (flags.meter) {
    case 'none':
      return new MadeUpMeter(flags.serial, seconds)
    case 'kmp':
      return new KmpMeter(new MeterLine(ports.serial, ports.clock))
    default:
      return { read: () => Promise.resolve(failure(`no driver for ${flags.meter} in this release`)), close() {} }
  }
}
