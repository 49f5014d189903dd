import type { Device } from './devices.js'
import { product } from './fields.js'
import type { Opener } from './opener.js'

type Type = 'counter' | 'gauge'

/** A value as exact text: Prometheus reads decimal digits of any number. */
export interface Value {
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
}

/** How a unit of samples becomes Prometheus' base unit: value * factor * 10^exponent, which is exact. */
interface Conversion {
  readonly factor: bigint
  readonly exponent?: number
}

interface Quantity {
  readonly name: string
  readonly help: string
  readonly type: Type
  /** Keys of samples; more than one where a label tells them apart. */
  readonly keys: readonly string[]
  readonly units: Readonly<Record<string, Conversion>>
}

const SAME: Conversion = { factor: 1n }
/** A unit that is missing. */
const NONE = ''

const QUANTITIES: readonly Quantity[] = [
  {
    name: 'meterlogger_energy_joules_total',
    help: 'Energy that the meter has counted.',
    type: 'counter',
    keys: ['e1'],
    units: {
      kWh: { factor: 36n, exponent: 5 },
      MWh: { factor: 36n, exponent: 8 },
      GJ: { factor: 1n, exponent: 9 },
      Gj: { factor: 1n, exponent: 9 },
    },
  },
  {
    name: 'meterlogger_volume_cubic_meters_total',
    help: 'Volume that the meter has counted.',
    type: 'counter',
    keys: ['v1'],
    units: { m3: SAME },
  },
  {
    name: 'meterlogger_operation_seconds_total',
    help: 'How long the meter has been in operation.',
    type: 'counter',
    keys: ['hr'],
    units: { h: { factor: 36n, exponent: 2 }, [NONE]: { factor: 36n, exponent: 2 } },
  },
  {
    name: 'meterlogger_power_watts',
    help: 'Power of the newest sample.',
    type: 'gauge',
    keys: ['effect1'],
    units: { kW: { factor: 1n, exponent: 3 } },
  },
  {
    name: 'meterlogger_flow_liters_per_hour',
    help: 'Flow of the newest sample.',
    type: 'gauge',
    keys: ['flow1'],
    units: { 'l/h': SAME },
  },
  {
    name: 'meterlogger_temperature_celsius',
    help: 'Temperatures of the newest sample: t1 is flow, or water of a water meter, t2 is return.',
    type: 'gauge',
    keys: ['t1', 't2', 't3'],
    units: { C: SAME },
  },
  {
    name: 'meterlogger_temperature_difference_kelvin',
    help: 'Difference of flow and return temperature of the newest sample.',
    type: 'gauge',
    keys: ['tdif'],
    units: { K: SAME, C: SAME },
  },
  {
    name: 'meterlogger_free_memory_bytes',
    help: 'Free memory of the device.',
    type: 'gauge',
    keys: ['heap'],
    units: { [NONE]: SAME },
  },
]

/** A metric with all its values. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: Type
  readonly values: readonly Value[]
}

/** All metrics of a bridge as they are now. @param refused messages that the database has refused; undefined without one */
export function bridgeMetrics(devices: Iterable<Device>, opener: Opener, refused?: number): readonly Metric[] {
  const all = [...devices]
  const each = (name: string, help: string, value: (device: Device) => string | undefined): Metric => ({
    name,
    help,
    type: 'gauge',
    values: all.flatMap((device) => {
      const text = value(device)
      return text === undefined ? [] : [{ labels: labelsOf(device), value: text }]
    }),
  })
  return [
    ...QUANTITIES.map(({ name, help, type, keys, units }) => ({
      name,
      help,
      type,
      values: all.flatMap((device) => valuesOf(device, keys, units)),
    })),
    each(
      'meterlogger_last_sample_timestamp_seconds',
      "When the newest sample was taken, by the device's clock, in unix seconds.",
      ({ newest }) => (newest === 0 ? undefined : String(newest)),
    ),
    each('meterlogger_device_online', 'Whether the device is there: 1 or 0.', ({ isOnline }) => flag(isOnline)),
    each('meterlogger_valve_open', 'Whether the valve is open: 1 or 0.', ({ valve }) =>
      flag(valve && valve === 'open'),
    ),
    {
      name: 'meterlogger_messages_total',
      help: 'Messages of devices, and what became of them.',
      type: 'counter',
      values: [...opener.counts].map(([result, count]) => ({ labels: { result }, value: String(count) })),
    },
    {
      name: 'meterlogger_refused_total',
      help: 'Messages that the database has refused: they are older than what it keeps.',
      type: 'counter',
      values: refused === undefined ? [] : [{ labels: {}, value: String(refused) }],
    },
  ]
}

function flag(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? '1' : '0'
}

function valuesOf(device: Device, keys: readonly string[], units: Quantity['units']): readonly Value[] {
  return keys.flatMap((key) => {
    const field = device.sample?.fields.get(key)
    const unit = field?.unit ?? NONE
    if (!field?.isNumber || !Object.hasOwn(units, unit)) return []
    const { factor, exponent } = units[unit]!
    const labels = keys.length > 1 ? { ...labelsOf(device), sensor: key } : labelsOf(device)
    return [{ labels, value: product(field.text, factor, exponent) }]
  })
}

function labelsOf({ serial, name }: Device): Readonly<Record<string, string>> {
  return { serial, name }
}
