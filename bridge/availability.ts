import type { Clock, Timer } from '../modules/ports/clock.js'
import type { Device, Devices } from './devices.js'

export interface AvailabilityOptions {
  readonly clock: Clock
  readonly devices: Devices
  /** A device that is silent for so many milliseconds is offline, also one that was never heard. */
  readonly silent: number
  /** Unix milliseconds. */
  unix(): number
  /** A device has come or gone. */
  onChange(device: Device): void
}

/** All devices are looked at so often while one of them can fall silent; ms at most. */
const LONGEST_ROUND = 10_000

/**
 * Tells which devices are online: a device is online if it has sent something lately and the broker has not published its last
 * will since.
 */
export class Availability {
  #options: AvailabilityOptions
  #began: number
  #timer: Timer | undefined

  constructor(options: AvailabilityOptions) {
    this.#options = options
    this.#began = options.unix()
  }

  start(): void {
    const { clock, silent, devices } = this.#options
    this.#timer = clock.set(
      () => {
        for (const device of devices) this.look(device)
        this.start()
      },
      Math.min(LONGEST_ROUND, silent / 4),
    )
  }

  close(): void {
    this.#options.clock.clear(this.#timer)
  }

  /** A message of this time has come. One that has waited somewhere says little of now. @param time unix seconds */
  onMessage(device: Device, time: number): void {
    const now = this.#options.unix()
    device.aliveAt = Math.max(device.aliveAt ?? 0, Math.min(time * 1000, now))
    if (now - time * 1000 < this.#options.silent) device.isGone = false
  }

  /** The broker has published the device's last will. */
  onWill(device: Device): void {
    device.isGone = true
  }

  /** Tells of it where the device has come or gone. */
  look(device: Device): void {
    const { silent, onChange } = this.#options
    const now = this.#options.unix()
    const isOnline = !device.isGone && device.aliveAt !== undefined && now - device.aliveAt < silent
    // Whoever was not heard yet may be online by an earlier run's word.
    if (!isOnline && !device.isGone && now - Math.max(device.aliveAt ?? 0, this.#began) < silent) return
    if (isOnline === device.isOnline) return
    device.isOnline = isOnline
    onChange(device)
  }
}
