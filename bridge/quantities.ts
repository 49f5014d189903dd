/** What Home Assistant calls a quantity. */
export interface Sensor {
  readonly name: string
  readonly deviceClass?: string
  readonly stateClass: 'measurement' | 'total_increasing'
  /** Whether it is about the device, not about what it measures. */
  readonly isDiagnostic?: boolean
}

export type MeterKind = 'heat' | 'water' | 'electricity'

const temperature = (name: string): Sensor => ({ name, deviceClass: 'temperature', stateClass: 'measurement' })

const FLOW: Sensor = { name: 'Flow', deviceClass: 'volume_flow_rate', stateClass: 'measurement' }
const POWER: Sensor = { name: 'Power', deviceClass: 'power', stateClass: 'measurement' }
const ENERGY: Sensor = { name: 'Energy', deviceClass: 'energy', stateClass: 'total_increasing' }

const HOURS: Sensor = {
  name: 'Operating hours',
  deviceClass: 'duration',
  stateClass: 'total_increasing',
  isDiagnostic: true,
}

const MEMORY: Sensor = {
  name: 'Free memory',
  deviceClass: 'data_size',
  stateClass: 'measurement',
  isDiagnostic: true,
}

/** The quantities of samples by their keys (docs/protocol/topics.md), for each kind of meter, in the order of the sample. */
export const SENSORS: Readonly<Record<MeterKind, Readonly<Record<string, Sensor>>>> = {
  heat: {
    heap: MEMORY,
    t1: temperature('Flow temperature'),
    t2: temperature('Return temperature'),
    t3: temperature('Third temperature'),
    // No class: of a temperature in K Home Assistant subtracts 273.15 to show it in degrees.
    tdif: { name: 'Temperature difference', stateClass: 'measurement' },
    flow1: FLOW,
    effect1: POWER,
    hr: HOURS,
    // What has run through a heating is not consumed.
    v1: { name: 'Volume', deviceClass: 'volume', stateClass: 'total_increasing' },
    e1: ENERGY,
  },
  water: {
    heap: MEMORY,
    t1: temperature('Water temperature'),
    t3: temperature('Ambient temperature'),
    flow1: FLOW,
    v1: { name: 'Water', deviceClass: 'water', stateClass: 'total_increasing' },
    hr: HOURS,
  },
  electricity: { heap: MEMORY, effect1: POWER, e1: ENERGY, hr: HOURS },
}

/** Units of samples as Home Assistant writes them; each is the same unit, so that no digit changes. */
const UNITS: Readonly<Record<string, string>> = { C: '°C', 'l/h': 'L/h', m3: 'm³', Gj: 'GJ' }

/** The units that Home Assistant takes with a class, of those that a sample may have. */
const UNITS_OF_CLASSES: Readonly<Record<string, readonly string[]>> = {
  temperature: ['°C'],
  volume_flow_rate: ['L/h'],
  power: ['kW'],
  energy: ['kWh', 'MWh', 'GJ'],
  duration: ['h'],
  volume: ['m³'],
  water: ['m³'],
  data_size: ['B'],
}

/** A sample's unit as Home Assistant writes it. Free memory and the hours of an impulse meter have none in a sample. */
export function shownUnit(key: string, unit: string | undefined): string | undefined {
  if (unit === undefined) return key === 'heap' ? 'B' : key === 'hr' ? 'h' : undefined
  return Object.hasOwn(UNITS, unit) ? UNITS[unit] : unit
}

/** Whether Home Assistant takes this unit with the class. */
export function fits(deviceClass: string, unit: string | undefined): boolean {
  return unit !== undefined && (UNITS_OF_CLASSES[deviceClass] ?? []).includes(unit)
}

/** The kind of meter that samples with these keys, where nobody has said. */
export function kindOf(keys: ReadonlySet<string>): MeterKind {
  if (keys.has('t2') || keys.has('tdif')) return 'heat'
  if (keys.has('e1')) return keys.has('v1') ? 'heat' : 'electricity'
  return keys.has('v1') ? 'water' : 'heat'
}
