/*
 * What Home Assistant's documentation demands of a discovery message, a rule each, written from these pages:
 *
 *   mqtt      https://www.home-assistant.io/integrations/mqtt/
 *   sensor    https://www.home-assistant.io/integrations/sensor.mqtt/
 *   valve     https://www.home-assistant.io/integrations/valve.mqtt/
 *   number    https://www.home-assistant.io/integrations/number.mqtt/
 *   classes   https://www.home-assistant.io/integrations/sensor/#device-class
 *   entity    https://developers.home-assistant.io/docs/core/entity/sensor/
 *   totals    https://developers.home-assistant.io/blog/2021/08/16/state_class_total
 */

type Members = Readonly<Record<string, unknown>>

/** A discovery message, taken apart. */
export interface Discovered {
  readonly prefix: string
  readonly topic: string
  readonly payload: Members
  readonly components: readonly (readonly [id: string, component: Members])[]
}

export interface Rule {
  readonly page: string
  readonly demand: string
  holds(message: Discovered): boolean
}

/** The units that each class takes, of those that we use. */
const UNITS: Readonly<Record<string, readonly string[]>> = {
  temperature: ['°C', '°F', 'K'],
  volume_flow_rate: ['m³/h', 'm³/s', 'ft³/min', 'L/h', 'L/min', 'L/s', 'gal/min', 'mL/s'],
  power: ['mW', 'W', 'kW', 'MW', 'GW', 'TW'],
  energy: ['J', 'kJ', 'MJ', 'GJ', 'mWh', 'Wh', 'kWh', 'MWh', 'GWh', 'TWh', 'cal', 'kcal', 'Mcal', 'Gcal'],
  duration: ['d', 'h', 'min', 's', 'ms', 'µs'],
  volume: ['L', 'mL', 'gal', 'fl. oz.', 'm³', 'ft³', 'CCF'],
  water: ['L', 'gal', 'm³', 'ft³', 'CCF'],
  data_size: ['bit', 'kbit', 'Mbit', 'Gbit', 'B', 'kB', 'MB', 'GB'],
}

/** The keys that the page of each platform lists, of those that we use, beside what all platforms share. */
const SHARED = [
  'platform',
  'name',
  'unique_id',
  'state_topic',
  'value_template',
  'entity_category',
  'enabled_by_default',
  'qos',
]
const KEYS: Readonly<Record<string, readonly string[]>> = {
  sensor: [...SHARED, 'device_class', 'state_class', 'unit_of_measurement', 'expire_after'],
  valve: [...SHARED, 'command_topic', 'payload_open', 'payload_close', 'state_open', 'state_closed'],
  number: [...SHARED, 'command_topic', 'unit_of_measurement', 'min', 'max', 'step', 'mode'],
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTopic = (value: unknown) => isText(value) && !/[+#]/.test(value)
const each = (platform: string, holds: (component: Members) => boolean) => (message: Discovered) =>
  message.components.every(([, component]) => component.platform !== platform || holds(component))
const member = (value: unknown, name: string): unknown => (value as Members | undefined)?.[name]

export const RULES: readonly Rule[] = [
  {
    page: 'mqtt#discovery-topic',
    demand: 'the topic is <prefix>/device/<object_id>/config, the id of letters, digits, _ and -',
    holds: ({ topic, prefix }) =>
      topic.startsWith(`${prefix}/device/`) && /^[a-zA-Z0-9_-]+\/config$/.test(topic.slice(prefix.length + 8)),
  },
  {
    page: 'mqtt#device-discovery-payload',
    demand: 'the root has a device and an origin',
    holds: ({ payload }) => typeof payload.device === 'object' && typeof payload.origin === 'object',
  },
  {
    page: 'mqtt#device-discovery-payload',
    demand: 'no component has a device or an origin of its own',
    holds: ({ components }) => components.every(([, one]) => !('device' in one) && !('origin' in one)),
  },
  {
    page: 'mqtt#device-discovery-payload',
    demand: 'the root has nothing but device, origin, components and the shared options',
    holds: ({ payload }) =>
      Object.keys(payload).every((key) =>
        /^(device|origin|components|availability(_mode|_topic|_template)?|state_topic|command_topic|qos|encoding)$/.test(
          key,
        ),
      ),
  },
  {
    page: 'mqtt#device-discovery-payload',
    demand: 'each component has a platform, a unique id and an option of its own',
    holds: ({ components }) =>
      components.length > 0 &&
      components.every(([, one]) => isText(one.platform) && isText(one.unique_id) && Object.keys(one).length > 2),
  },
  {
    page: 'sensor#unique_id',
    demand: 'no two entities have the same unique id',
    holds: ({ components }) => new Set(components.map(([, one]) => one.unique_id)).size === components.length,
  },
  {
    page: 'sensor#device',
    demand: 'the device has an identifier',
    holds: ({ payload }) => {
      const ids = member(payload.device, 'identifiers')
      return isText(ids) || (Array.isArray(ids) && ids.length > 0 && ids.every(isText))
    },
  },
  {
    page: 'mqtt#discovery-payload',
    demand: 'the origin has a name',
    holds: ({ payload }) => isText(member(payload.origin, 'name')),
  },
  {
    page: 'valve#availability',
    demand:
      'availability is a list of topics, is not used beside availability_topic, and its mode is all, any or latest',
    holds: ({ payload }) =>
      Array.isArray(payload.availability) &&
      payload.availability.every((one) => isTopic(member(one, 'topic'))) &&
      !('availability_topic' in payload) &&
      ['all', 'any', 'latest'].includes(payload.availability_mode as string),
  },
  {
    page: 'sensor, valve, number',
    demand: 'each option is one that the page of the platform lists, written in full',
    holds: ({ components }) =>
      components.every(([, one]) => Object.keys(one).every((key) => KEYS[one.platform as string]?.includes(key))),
  },
  {
    page: 'sensor#state_topic',
    demand: 'a sensor has a topic without wildcards, and a template that takes one value of the JSON',
    holds: each(
      'sensor',
      (one) => isTopic(one.state_topic) && /^\{\{ value_json\.[a-z0-9]+ .*\}\}$/.test(String(one.value_template)),
    ),
  },
  {
    page: 'sensor#expire_after',
    demand: 'expire_after is a whole number of seconds',
    holds: each('sensor', (one) => Number.isInteger(one.expire_after) && Number(one.expire_after) > 0),
  },
  {
    page: 'classes',
    demand: 'a class has one of its units',
    holds: each('sensor', (one) =>
      one.device_class === undefined
        ? true
        : (UNITS[String(one.device_class)]?.includes(String(one.unit_of_measurement)) ?? false),
    ),
  },
  {
    page: 'entity#available-state-classes',
    demand: 'the state class is measurement, total or total_increasing',
    holds: each('sensor', (one) => ['measurement', 'total', 'total_increasing'].includes(String(one.state_class))),
  },
  {
    page: 'entity#entities-not-representing-a-total-amount',
    demand: 'energy, volume and water are no measurements',
    holds: each(
      'sensor',
      (one) => !['energy', 'volume', 'water'].includes(String(one.device_class)) || one.state_class !== 'measurement',
    ),
  },
  {
    page: 'totals',
    demand: 'what a meter counts is total_increasing, so that a replaced meter begins anew',
    holds: each(
      'sensor',
      (one) =>
        !['energy', 'volume', 'water'].includes(String(one.device_class)) || one.state_class === 'total_increasing',
    ),
  },
  {
    page: 'entity#properties',
    demand: 'a difference of temperatures is no temperature, which would be converted',
    holds: ({ components }) => components.every(([id, one]) => id !== 'tdif' || one.device_class === undefined),
  },
  {
    page: 'valve#command_topic',
    demand: 'a valve has topics without wildcards, and is not optimistic',
    holds: each('valve', (one) => isTopic(one.state_topic) && isTopic(one.command_topic) && !one.optimistic),
  },
  {
    page: 'number#command_topic',
    demand: 'a number has topics without wildcards, min below max, and a step of 0.001 at least',
    holds: each(
      'number',
      (one) =>
        isTopic(one.command_topic) &&
        isTopic(one.state_topic) &&
        Number(one.min) < Number(one.max) &&
        Number(one.step) >= 0.001,
    ),
  },
  {
    page: 'number#mode',
    demand: 'the mode of a number is auto, box or slider',
    holds: each('number', (one) => ['auto', 'box', 'slider'].includes(String(one.mode))),
  },
]

export function takenApart(prefix: string, topic: string, text: string): Discovered {
  const payload = JSON.parse(text) as Members
  return { prefix, topic, payload, components: Object.entries(payload.components as Record<string, Members>) }
}
