import type { Clock, Timer } from '../ports/clock.js'
import type { AccessPointOptions, WifiPort } from '../ports/wifi.js'
import type { SettingsStore } from '../storage/settings.js'

/** The shortest password that WPA takes. */
const MIN_PASSWORD = 8

/** The mesh network. The second one is for a device whose own uplink is the mesh network of another device. */
const MESH_NETWORK = '10.0.5.'
const OTHER_MESH_NETWORK = '10.0.6.'
const STANDARD_DNS = '8.8.8.8'

/** Time between two checks, while the access point is coming up and while it runs. */
const COMING_UP = 500
const CHECK_EVERY = 60_000

/** The device's own access point: `mesh-<serial>`, through which other devices reach the network, or an override. */
export class AccessPoint {
  #clock: Clock
  #wifi: WifiPort
  #settings: SettingsStore
  #name = ''
  #override: AccessPointOptions | undefined
  #running = ''
  /** Whether clients get addresses and, in the mesh network, the way on. */
  #isRouted = false
  #timer: Timer | undefined

  constructor(clock: Clock, wifi: WifiPort, settings: SettingsStore) {
    this.#clock = clock
    this.#wifi = wifi
    this.#settings = settings
  }

  get running(): boolean {
    return this.#running !== ''
  }

  /** `started` or `stopped`; says also when the mesh network runs but cannot pass its clients on. */
  get status(): string {
    if (!this.running) return 'stopped'
    return this.#override !== undefined || this.#isRouted ? 'started' : 'started without address translation'
  }

  /** The serial number names the mesh network. */
  set serial(serial: string) {
    this.#name = `mesh-${serial}`
    this.update()
  }

  /** Runs another network at `address` in place of the mesh network. Its clients reach only the device. */
  overrideWith(ssid: string, password: string, address: string): void {
    this.#override = { ssid, password, address, dns: address, translate: false }
    this.update()
  }

  /** Runs the mesh network again. */
  restore(): void {
    this.#override = undefined
    this.update()
  }

  /** Starts, stops or changes the access point, as the settings and the station's network demand. */
  update(): void {
    this.#clock.clear(this.#timer)
    const options = this.#override ?? this.#mesh()
    if (options === undefined) return this.#stop()
    const wanted = JSON.stringify(options)
    if (wanted !== this.#running) this.#running = this.#wifi.startAccessPoint(options) ? wanted : ''
    if (this.running) this.#route()
    else this.#timer = this.#clock.set(() => this.update(), COMING_UP)
  }

  /** Repeats while the access point runs: the way on comes later than it, and a restart of the radio drops the way. */
  #route(): void {
    this.#isRouted = this.#wifi.routeAccessPoint()
    this.#timer = this.#clock.set(() => this.#route(), this.#isRouted ? CHECK_EVERY : COMING_UP)
  }

  close(): void {
    this.#clock.clear(this.#timer)
    this.#stop()
  }

  #stop(): void {
    if (this.running) this.#wifi.stopAccessPoint()
    this.#running = ''
  }

  #mesh(): AccessPointOptions | undefined {
    const { apEnabled, apPassword } = this.#settings.values
    if (!apEnabled || apPassword.length < MIN_PASSWORD || this.#name === '') return undefined
    const uplink = this.#wifi.uplink()
    const network = uplink?.address.startsWith(MESH_NETWORK) ? OTHER_MESH_NETWORK : MESH_NETWORK
    return {
      ssid: this.#name,
      password: apPassword,
      address: `${network}1`,
      dns: uplink?.dns ?? STANDARD_DNS,
      translate: true,
    }
  }
}
