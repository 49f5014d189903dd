import { type MeterDriver, ON_THE_LINE } from '../meters/driver.js'
import { MeterLine } from '../meters/line.js'
import { PolledMeter } from '../meters/polled.js'
import { En61107Meter } from './client.js'

/** MULTICAL 66-C, D and E. */
export const mc66c: MeterDriver = Object.freeze({
  ...ON_THE_LINE,
  name: 'mc66c',
  option: 'EN61107',
  model: 'MC',
  flashesOnFailure: true,
  create: ({ clock, serial }, { onReading, onFailure }) =>
    new PolledMeter({ clock, meter: new En61107Meter(new MeterLine(serial, clock), '66-C'), onReading, onFailure }),
} satisfies MeterDriver)

/** MULTICAL 66-B. */
export const mc66b: MeterDriver = Object.freeze({
  ...ON_THE_LINE,
  name: 'mc66b',
  option: 'MC_66B',
  over: Object.freeze(['EN61107']),
  implies: Object.freeze([Object.freeze({ option: 'EN61107', reason: 'a MULTICAL 66 B speaks EN 61107' })]),
  model: 'MC_B',
  flashesOnFailure: true,
  create: ({ clock, serial }, { onReading, onFailure }) =>
    new PolledMeter({ clock, meter: new En61107Meter(new MeterLine(serial, clock), '66-B'), onReading, onFailure }),
} satisfies MeterDriver)
