import { failure } from '../codec/result.js'
import { En61107Meter } from '../en61107/client.js'
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
    case 'mc66c':
      return new En61107Meter(new MeterLine(ports.serial, ports.clock), '66-C')
    case 'mc66b':
      return new En61107Meter(new MeterLine(ports.serial, ports.clock), '66-B')
    default:
      return { read: () => Promise.resolve(failure(`no driver for ${flags.meter} in this release`)), close() {} }
  }
}
