import { type MeterDriver, ON_THE_LINE } from '../meters/driver.js'
import { MeterLine } from '../meters/line.js'
import { PolledMeter } from '../meters/polled.js'
import { KmpMeter } from './client.js'

/** MULTICAL 601 and its successors; the meter of a build that names no other. */
export const kmp: MeterDriver = Object.freeze({
  ...ON_THE_LINE,
  name: 'kmp',
  option: undefined,
  model: 'KMP',
  create: ({ clock, serial }, { onReading, onFailure }) =>
    new PolledMeter({ clock, meter: new KmpMeter(new MeterLine(serial, clock)), onReading, onFailure }),
} satisfies MeterDriver)
