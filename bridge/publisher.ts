import { Kind } from '../modules/delivery/topics.js'
import { NO_PARAMETER } from '../tools/commands.js'
import type { Availability } from './availability.js'
import type { Send } from './control.js'
import type { Device, Devices } from './devices.js'
import {
  birthTopic,
  type DiscoveryOptions,
  discoveryText,
  discoveryTopic,
  recalledDevice,
  recallUnits,
} from './discovery.js'
import { fieldsOf } from './fields.js'
import type { Outlet, OutletMessage } from './outlet.js'
import type { Sink } from './pipeline.js'
import { SENSORS, shownUnit } from './quantities.js'
import { stateText, timeOfState } from './state-text.js'
import type { Arrival } from './store/store.js'
import type { OpenTopics } from './topics.js'

export interface PublisherOptions {
  readonly devices: Devices
  readonly topics: OpenTopics
  readonly outlet: Outlet
  readonly availability: Availability
  /** Undefined without Home Assistant. */
  readonly discovery: DiscoveryOptions | undefined
  /** Sends a command to a device; undefined where nothing is controlled. */
  readonly send: Send | undefined
}

/** What the topics are to hold. */
type Kept = Map<string, string>

const LIMIT = /^[0-9]{1,15}(?:\.[0-9]{1,6})?$/

/** Messages on their way at once when all devices are announced again. */
const AT_ONCE = 50

/** Notes what devices say, and publishes the newest of it. */
export class Publisher implements Sink {
  #options: PublisherOptions
  #ready: Promise<void> | undefined

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  async take(arrivals: readonly Arrival[]): Promise<void> {
    this.#ready ??= this.#recall()
    try {
      await this.#ready
    } catch (error) {
      // Whoever comes next asks again.
      this.#ready = undefined
      throw error
    }
    const { outlet, devices, availability } = this.#options
    const kept: Kept = new Map()
    const heard = arrivals.flatMap((arrival) => {
      // Anybody can forge a last will: it makes no device.
      const device = arrival.kind === Kind.Offline ? devices.find(arrival.serial) : devices.heard(arrival.serial)
      if (device !== undefined) this.#note(device, arrival, kept)
      return device === undefined ? [] : [{ device, ...arrival }]
    })
    await Promise.all([...kept].map(([topic, text]) => outlet.keep(topic, text)))
    // Whoever hears that a device is there then finds its values.
    for (const { device, kind, time } of heard) {
      if (kind === Kind.Offline) availability.onWill(device)
      else availability.onMessage(device, time)
    }
    for (const device of new Set(heard.map(({ device }) => device))) availability.look(device)
  }

  /** What Home Assistant has published, or an earlier run. */
  onMessage({ topic, text, isRetained }: OutletMessage): void {
    const { discovery, topics, devices } = this.#options
    if (discovery !== undefined && topic === birthTopic(discovery.prefix)) {
      // A word that the broker has kept is an old one.
      if (text === 'online' && !isRetained) void this.#announceAll(discovery).catch(() => {})
      return
    }
    if (!isRetained) return
    const { serial = '', rest } = topics.parse(topic) ?? {}
    if (rest === 'state') {
      const time = timeOfState(text)
      const device = time === undefined ? undefined : devices.heard(serial)
      if (device !== undefined) device.newest = Math.max(device.newest, time!)
    } else if (discovery !== undefined) {
      const device = recalledDevice(devices, discovery.prefix, topic, text)
      if (device !== undefined) recallUnits(device, text)
    }
  }

  /** Asks the broker for what an earlier run has published: nothing older replaces it, and no entity goes for a while. */
  #recall(): Promise<void> {
    const { outlet, topics, discovery } = this.#options
    const filters = discovery === undefined ? [] : [discoveryTopic(discovery.prefix)]
    return outlet.recall([topics.state(), ...filters], `${topics.prefix}/bridge/recalled`)
  }

  #note(device: Device, { kind, serial, time, text }: Arrival, kept: Kept): void {
    const { topics } = this.#options
    device.address = serial
    if (kind === Kind.Sample) return this.#noteSample(device, time, text, kept)
    if (kind === 'status' && (text === 'open' || text === 'close') && time >= device.valveTime) {
      device.valveTime = time
      device.valve = text === 'open' ? 'open' : 'closed'
      const isNew = !device.hasValve
      device.hasValve = true
      if (isNew) this.#announce(device, kept)
      kept.set(topics.valve(device.serial), device.valve)
    }
    if (kind === 'open_until' && LIMIT.test(text) && time >= device.limitTime) {
      device.limitTime = time
      device.limit = text
      kept.set(topics.limit(device.serial), text)
    }
  }

  #noteSample(device: Device, time: number, text: string, kept: Kept): void {
    const { topics, send } = this.#options
    // The broker and the device's own memory bring older ones, and the same one twice.
    if (time <= device.newest) return
    device.newest = time
    device.sample = { time, fields: fieldsOf(text) }
    let isNew = !device.isAnnounced
    for (const [key, { unit, isNumber }] of device.sample.fields) {
      if (!isNumber || !Object.hasOwn(SENSORS.heat, key)) continue
      const shown = shownUnit(key, unit)
      if (device.units.has(key) && device.units.get(key) === shown) continue
      device.units.set(key, shown)
      isNew = true
    }
    if (isNew) this.#announce(device, kept)
    kept.set(topics.state(device.serial), stateText(device.sample))
    if (send !== undefined && !device.isAsked) device.isAsked = send(device, 'status', NO_PARAMETER)
  }

  #announce(device: Device, kept: Kept): void {
    const { discovery } = this.#options
    if (discovery === undefined || device.units.size === 0) return
    device.isAnnounced = true
    kept.set(discoveryTopic(discovery.prefix, device), discoveryText(device, discovery))
  }

  async #announceAll(discovery: DiscoveryOptions): Promise<void> {
    const { devices, outlet } = this.#options
    const known = [...devices].filter(({ units }) => units.size > 0)
    for (let i = 0; i < known.length; i += AT_ONCE)
      await Promise.all(
        known
          .slice(i, i + AT_ONCE)
          .map((device) => outlet.keep(discoveryTopic(discovery.prefix, device), discoveryText(device, discovery))),
      )
  }
}
