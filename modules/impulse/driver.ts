import type { MeterDriver, MeterOptions, MeterPorts } from '../meters/driver.js'
import { ON_THE_LINE } from '../meters/driver.js'
import { ImpulseCounter } from './counter.js'
import { ImpulseMeter } from './meter.js'
import { ImpulseSource } from './source.js'

const FLASH = 100

/** Impulses of an electricity meter, or of a water meter with FLOW_METER. */
export const impulse: MeterDriver = Object.freeze({
  ...ON_THE_LINE,
  name: 'impulse',
  option: 'IMPULSE',
  model: 'IMPULSE',
  hasValve: false,
  tellsThermo: false,
  counts: true,
  tellsSerial: false,
  prefix: Object.freeze({ heat: 'EL_', flow: 'WATER_' }),
  padsSerial: false,
  quantities: Object.freeze({
    heat: Object.freeze(['effect1', 'e1', 'hr'] as const),
    flow: Object.freeze(['flow1', 'v1', 'hr'] as const),
  }),
  impulsePin: 'impulse',
  create: createSource,
} satisfies MeterDriver)

/** The same on the development board's button. */
export const impulseDevBoard: MeterDriver = Object.freeze({
  ...impulse,
  name: 'impulse-dev-board',
  option: 'IMPULSE_DEV_BOARD',
  over: Object.freeze(['IMPULSE']),
  keepsModelOf: Object.freeze(['IMPULSE']),
  model: 'IMPULSE_DEV_BOARD',
  impulsePin: 'impulseDevBoard',
} satisfies MeterDriver)

function createSource(ports: MeterPorts, options: MeterOptions): ImpulseSource {
  const { clock, storage, impulses, light, onFlashError } = ports
  if (impulses === undefined) throw new Error('an impulse meter needs an input')
  const { flow, settings, onReading, onFailure } = options
  const counter = new ImpulseCounter({
    clock,
    storage,
    port: impulses,
    anyWidth: flow,
    onCounted: () => light.flash(FLASH),
    onFlashError,
  })
  const meter = new ImpulseMeter({
    clock,
    counter,
    flow,
    settings: () => {
      const values = settings()
      return { ...values, impulseSerial: values.impulseSerial || options.serial }
    },
  })
  return new ImpulseSource({ clock, meter, onReading, onFailure })
}
