import { parseObject } from '../modules/codec/json.js'
import type { Device, Devices } from './devices.js'
import { fits, SENSORS, type Sensor } from './quantities.js'
import type { OpenTopics } from './topics.js'

export interface DiscoveryOptions {
  readonly topics: OpenTopics
  /** The prefix that Home Assistant listens to. */
  readonly prefix: string
  /** Whether valve and limit can be set. */
  readonly hasControl: boolean
  /** Milliseconds after which a value is too old to be shown. */
  readonly silent: number
  readonly version: string
}

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json }

interface Members {
  readonly [name: string]: Json
}

/** Amounts that a person may type. */
const MOST_KWH = 9_999_999
const MOST_M3 = 999_999

const ID = 'meterlogger_'

/** The topic of Home Assistant's own birth and will. */
export function birthTopic(prefix: string): string {
  return `${prefix}/status`
}

/** The topic of a device's discovery message; of all of ours without a device, as a filter. */
export function discoveryTopic(prefix: string, device?: Device): string {
  return `${prefix}/device/${device === undefined ? '+' : idOf(device)}/config`
}

/** The serial number in letters that Home Assistant takes in a topic. */
function idOf({ serial }: Device): string {
  return ID + serial.replace(/[^a-zA-Z0-9-]/g, (letter) => `_${letter.charCodeAt(0).toString(16)}_`)
}

/** One message for all entities of a device: what it has sampled so far, and its valve where it may be set. */
export function discoveryText(device: Device, options: DiscoveryOptions): string {
  const { topics, version, hasControl } = options
  const id = idOf(device)
  const components: Record<string, Json> = {}
  for (const [key, sensor] of Object.entries(SENSORS[device.kind]))
    if (device.units.has(key)) components[key] = sensorComponent(key, sensor, device, options)
  if (hasControl && device.hasValve) Object.assign(components, controls(device, topics))
  const payload: Members = {
    device: {
      identifiers: [id],
      name: device.name || `Meter ${device.serial}`,
      manufacturer: 'MeterLogger',
      model: MODELS[device.kind],
      serial_number: device.serial,
    },
    origin: { name: 'meterlogger bridge', sw_version: version },
    availability: [{ topic: topics.availability(device.serial) }, { topic: topics.bridge }],
    availability_mode: 'all',
    components,
  }
  return JSON.stringify(payload)
}

const MODELS = { heat: 'Heat meter', water: 'Water meter', electricity: 'Electricity meter' } as const

function sensorComponent(key: string, sensor: Sensor, device: Device, { topics, silent }: DiscoveryOptions): Members {
  const { name, deviceClass, stateClass, isDiagnostic } = sensor
  const unit = device.units.get(key)
  return {
    platform: 'sensor',
    name,
    unique_id: `${idOf(device)}_${key}`,
    ...(deviceClass !== undefined && fits(deviceClass, unit) && { device_class: deviceClass }),
    state_class: stateClass,
    ...(unit !== undefined && { unit_of_measurement: unit }),
    state_topic: topics.state(device.serial),
    // A sample that lacks the value leaves the entity as it is: Home Assistant passes over an empty text.
    value_template: `{{ value_json.${key} | default('') }}`,
    expire_after: Math.ceil(silent / 1000),
    ...(isDiagnostic && { entity_category: 'diagnostic', enabled_by_default: false }),
  }
}

function controls(device: Device, topics: OpenTopics): Members {
  const { serial, limitsVolume } = device
  return {
    valve: {
      platform: 'valve',
      name: 'Valve',
      unique_id: `${idOf(device)}_valve`,
      state_topic: topics.valve(serial),
      command_topic: topics.setValve(serial),
      qos: 1,
    },
    limit: {
      platform: 'number',
      name: 'Open until',
      unique_id: `${idOf(device)}_limit`,
      state_topic: topics.limit(serial),
      command_topic: topics.setLimit(serial),
      unit_of_measurement: limitsVolume ? 'm³' : 'kWh',
      min: 0,
      max: limitsVolume ? MOST_M3 : MOST_KWH,
      step: limitsVolume ? 0.001 : 1,
      mode: 'box',
      entity_category: 'config',
      qos: 1,
    },
  }
}

/** The device that a discovery message of an earlier run is about; undefined of a message of somebody else. */
export function recalledDevice(devices: Devices, prefix: string, topic: string, text: string): Device | undefined {
  const serial = memberOf(parseObject(text)?.device, 'serial_number')
  const device = typeof serial === 'string' ? devices.heard(serial) : undefined
  return device !== undefined && discoveryTopic(prefix, device) === topic ? device : undefined
}

/** Takes from it what the device has sampled, so that no entity goes because the first sample lacks its value. */
export function recallUnits(device: Device, text: string): void {
  const components = parseObject(text)?.components
  if (memberOf(memberOf(components, 'valve'), 'platform') === 'valve') device.hasValve = true
  for (const key of Object.keys(SENSORS.heat)) {
    const component = memberOf(components, key)
    if (component === undefined || device.units.has(key)) continue
    const unit = memberOf(component, 'unit_of_measurement')
    device.units.set(key, typeof unit === 'string' ? unit : undefined)
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}
