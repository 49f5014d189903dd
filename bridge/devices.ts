import type { RegisteredDevice } from '../tools/key-register.js'
import type { Field } from './fields.js'
import { kindOf, type MeterKind } from './quantities.js'

/** Devices beyond that are left out: with one key for all of them, nothing else bounds their number. */
const MOST = 100_000

export interface Sample {
  /** Unix seconds, of the device's clock. */
  readonly time: number
  readonly fields: ReadonlyMap<string, Field>
}

/** What is known of a device. */
export class Device {
  /** As it stands in topics of what is opened. */
  readonly serial: string
  /** As it stands in topics of the device. */
  address: string
  readonly registered: RegisteredDevice | undefined
  /** The newest sample by the device's time; undefined before the first. */
  sample: Sample | undefined
  /** Unix seconds of the newest sample, also of one that an earlier run has handed on; 0 before the first. */
  newest = 0
  /** The units of what it has sampled, as Home Assistant writes them, by their keys. */
  readonly units = new Map<string, string | undefined>()
  valve: 'open' | 'closed' | undefined
  /** kWh, or m3 where it limits volume. */
  limit: string | undefined
  /** Unix seconds of the newest word of its valve and of its limit. */
  valveTime = 0
  limitTime = 0
  /** Whether it has a valve: it has told of one. */
  hasValve = false
  /** Whether this run has told Home Assistant of it. */
  isAnnounced = false
  /** Whether this run has asked it for its valve. */
  isAsked = false
  /** Unix milliseconds when it was last alive; undefined where it was not heard. */
  aliveAt: number | undefined
  /** Whether the broker has told that its connection is gone. */
  isGone = false
  /** As it was published last. */
  isOnline: boolean | undefined

  constructor(serial: string, registered: RegisteredDevice | undefined) {
    this.serial = serial
    this.address = serial
    this.registered = registered
  }

  get name(): string {
    return this.registered?.name ?? ''
  }

  get kind(): MeterKind {
    return this.registered?.kind ?? kindOf(new Set(this.units.keys()))
  }

  /** Whether its limit is one of volume. */
  get limitsVolume(): boolean {
    return this.units.has('v1') && !this.units.has('e1')
  }
}

/** All devices: those of the register, and those that were heard. */
export class Devices implements Iterable<Device> {
  #devices = new Map<string, Device>()
  #find: (serial: string) => RegisteredDevice | undefined

  /** @param registered the devices of the register; empty without one */
  constructor(
    registered: readonly RegisteredDevice[],
    find: (serial: string) => RegisteredDevice | undefined = () => undefined,
  ) {
    this.#find = find
    for (const device of registered) this.#devices.set(device.serial, new Device(device.serial, device))
  }

  [Symbol.iterator](): Iterator<Device> {
    return this.#devices.values()
  }

  /** The device with this number, where it is known. */
  find(serial: string): Device | undefined {
    return this.#devices.get(this.#find(serial)?.serial ?? serial)
  }

  /** The device with this number, whose message was opened; undefined where there are too many. */
  heard(serial: string): Device | undefined {
    const known = this.find(serial)
    if (known !== undefined || this.#devices.size >= MOST) return known
    const device = new Device(serial, undefined)
    this.#devices.set(serial, device)
    return device
  }
}
