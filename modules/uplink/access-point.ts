import { isWpaPassword } from '../codec/wpa.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { AccessPointOptions, WifiPort } from '../ports/wifi.js'
import type { SettingsStore } from '../storage/settings-store.js'
import { addressBeside } from './subnet.js'

/** The original's password, which everybody knows: a device that has it stored has none. */
const PUBLIC_PASSWORD = 'w1reless'

/** The device's address in the set-up network, unless the uplink has that network. */
export const PORTAL_ADDRESS = '192.168.4.1'

/**
 * The device's address in its own network, and another one for where the uplink has that network. The two are of different
 * ranges for private networks, because an uplink may have the whole of one.
 */
const MESH = Object.freeze(['10.0.5.1', '192.168.9.1'] as const)
const SET_UP = Object.freeze([PORTAL_ADDRESS, '10.0.7.1'] as const)

/** Time between two checks while the access point is coming up. */
const COMING_UP = 500

/**
 * The device's own access point: `mesh-<serial>`, or the set-up network in its place. Its clients reach the device and
 * nothing else, because nothing could keep them out of the uplink's own network (docs/sdk-limits.md).
 */
export class AccessPoint {
  #clock: Clock
  #wifi: WifiPort
  #settings: SettingsStore
  #name = ''
  #setUp: { readonly ssid: string; readonly password: string } | undefined
  #running = ''
  #timer: Timer | undefined

  constructor(clock: Clock, wifi: WifiPort, settings: SettingsStore) {
    this.#clock = clock
    this.#wifi = wifi
    this.#settings = settings
  }

  get running(): boolean {
    return this.#running !== ''
  }

  /** Whether it has a password that is its own and that WPA takes. Without one it does not run. */
  get hasPassword(): boolean {
    const { apPassword } = this.#settings.values
    return isWpaPassword(apPassword) && apPassword !== PUBLIC_PASSWORD
  }

  /** `started` or `stopped`; says also when it lacks a password. */
  get status(): string {
    if (this.running) return 'started'
    return this.hasPassword ? 'stopped' : 'stopped, no password'
  }

  /** The device's address in the set-up network. */
  get setUpAddress(): string {
    return addressBeside(this.#wifi.uplink(), SET_UP)
  }

  /** The serial number names the mesh network. */
  set serial(serial: string) {
    this.#name = `mesh-${serial}`
    this.update()
  }

  /** Runs the set-up network in place of the mesh network. */
  overrideWith(ssid: string, password: string): void {
    this.#setUp = { ssid, password }
    this.update()
  }

  /** Runs the mesh network again. */
  restore(): void {
    this.#setUp = undefined
    this.update()
  }

  /** Starts, stops or changes the access point, as the settings and the station's network demand. */
  update(): void {
    this.#clock.clear(this.#timer)
    const options = this.#options()
    if (options === undefined) return this.#stop()
    const wanted = JSON.stringify(options)
    if (wanted !== this.#running) this.#running = this.#wifi.startAccessPoint(options) ? wanted : ''
    if (this.running) this.#address()
    else this.#timer = this.#clock.set(() => this.update(), COMING_UP)
  }

  close(): void {
    this.#clock.clear(this.#timer)
    this.#stop()
  }

  /** Repeats until the access point has come up. */
  #address(): void {
    if (!this.#wifi.addressAccessPoint()) this.#timer = this.#clock.set(() => this.#address(), COMING_UP)
  }

  #stop(): void {
    if (this.running) this.#wifi.stopAccessPoint()
    this.#running = ''
  }

  #options(): AccessPointOptions | undefined {
    if (this.#setUp !== undefined) return { ...this.#setUp, address: this.setUpAddress }
    const { apEnabled, apPassword } = this.#settings.values
    if (!apEnabled || !this.hasPassword || this.#name === '') return undefined
    return { ssid: this.#name, password: apPassword, address: addressBeside(this.#wifi.uplink(), MESH) }
  }
}
