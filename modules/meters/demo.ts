import { type Result, success } from '../codec/result.js'
import { type MeterDriver, ON_THE_LINE } from './driver.js'
import type { Meter, Reading } from './meter.js'
import { PolledMeter } from './polled.js'

const FIXED: Reading = Object.freeze({
  serial: '4615611',
  quantities: Object.freeze({
    t1: Object.freeze({ value: '25.00', unit: 'C' }),
    t2: Object.freeze({ value: '15.00', unit: 'C' }),
    tdif: Object.freeze({ value: '10.00', unit: 'K' }),
    flow1: Object.freeze({ value: '0', unit: 'l/h' }),
    effect1: Object.freeze({ value: '0.0', unit: 'kW' }),
    hr: Object.freeze({ value: '0', unit: 'h' }),
    v1: Object.freeze({ value: '0.00', unit: 'm3' }),
    e1: Object.freeze({ value: '0', unit: 'kWh' }),
  }),
})

/** The meter of DEBUG_NO_METER: it gives the original's sine over 256 minutes, for boards without a meter. */
class SineMeter implements Meter {
  #serial: string
  #seconds: () => number

  /** @param seconds any clock, unix time where there is one */
  constructor(serial: string, seconds: () => number) {
    this.#serial = serial
    this.#seconds = seconds
  }

  read(): Promise<Result<Reading>> {
    const minute = Math.floor(this.#seconds() / 60) % 256
    const quantities: Reading['quantities'] = {
      t1: { value: `${65 + ((sine(minute) * 10) >> 8)}.00`, unit: 'C' },
      t2: { value: `${45 + ((sine(minute + 128) * 10) >> 8)}.00`, unit: 'C' },
      tdif: { value: '10.00', unit: 'K' },
      flow1: { value: String(100 + ((sine((minute + 64) * 7) * 50) >> 8)), unit: 'l/h' },
      effect1: { value: `${15 + ((sine(minute) * 10) >> 8)}.0`, unit: 'kW' },
      hr: { value: String(Math.floor(minute / 60)), unit: 'h' },
      v1: { value: `${minute}.00`, unit: 'm3' },
      e1: { value: String(minute), unit: 'kWh' },
    }
    return Promise.resolve(success({ serial: this.#serial, quantities }))
  }

  close(): void {}
}

/** A sine from 1 to 255 with a period of 256. */
function sine(i: number): number {
  return 128 + Math.floor(127 * Math.sin((2 * Math.PI * (i & 255)) / 256) + 0.5)
}

/** The meter of DEBUG_NO_METER in a build for EN 61107: it always gives the same reading. */
const FIXED_METER: Meter = Object.freeze({
  read: () => Promise.resolve(success(FIXED)),
  close() {},
})

const MODEL = 'NO_METER'

/** A meter that is not there, for boards without one. In a build for EN 61107 it keeps that build's model. */
export const demo: MeterDriver = Object.freeze({
  ...ON_THE_LINE,
  name: 'none',
  option: 'DEBUG_NO_METER',
  over: Object.freeze(['EN61107', 'MC_66B', 'IMPULSE_DEV_BOARD']),
  keepsModelOf: Object.freeze(['EN61107', 'MC_66B']),
  model: MODEL,
  tellsThermo: false,
  create: ({ clock }, options) => {
    const { model, serial, seconds } = options
    const meter = model === MODEL ? new SineMeter(serial, seconds) : FIXED_METER
    return new PolledMeter({ clock, meter, onReading: options.onReading, onFailure: options.onFailure })
  },
} satisfies MeterDriver)
