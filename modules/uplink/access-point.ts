import type { Clock, Timer } from '../ports/clock.js'
import type { AccessPointOptions, WifiPort } from '../ports/wifi.js'
import type { SettingsStore } from '../storage/settings.js'

/** WPA takes no shorter password. */
const MIN_PASSWORD = 8

/** The mesh network, or the next where the uplink is one of these itself (through another device). */
const MESH_NETWORK = '10.0.5.'
const OTHER_MESH_NETWORK = '10.0.6.'
const STANDARD_DNS = '8.8.8.8'

/** Where set-up pages are expected. */
const SET_UP_ADDRESS = '192.168.4.1'

/** How soon it looks again while it is not up, and how often while it is. */
const COMING_UP = 500
const LOOK_EVERY = 60_000

/** The device's own access point beside the station: `mesh-<serial>`, through which others reach the network, unless it is lent. */
export class AccessPoint {
  #clock: Clock
  #wifi: WifiPort
  #settings: SettingsStore
  #name = ''
  #lent: AccessPointOptions | undefined
  #running = ''
  /** Its clients have addresses, and the way on where there is to be one. */
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

  /** `started` or `stopped`; it says so when what runs cannot pass its clients on. */
  get status(): string {
    if (!this.running) return 'stopped'
    return this.#lent !== undefined || this.#isRouted ? 'started' : 'started without address translation'
  }

  /** The serial number that names it. */
  set serial(serial: string) {
    this.#name = `mesh-${serial}`
    this.update()
  }

  /** Runs as another network, for set-up at 192.168.4.1, until it is given back; its clients do not get further. */
  lend(ssid: string, password: string): void {
    this.#lent = { ssid, password, address: SET_UP_ADDRESS, dns: SET_UP_ADDRESS, translate: false }
    this.update()
  }

  giveBack(): void {
    this.#lent = undefined
    this.update()
  }

  /** Starts, stops or changes it, as the settings and the station's network say. */
  update(): void {
    this.#clock.clear(this.#timer)
    const options = this.#lent ?? this.#mesh()
    if (options === undefined) return this.#stop()
    const wanted = JSON.stringify(options)
    if (wanted !== this.#running) this.#running = this.#wifi.startAccessPoint(options) ? wanted : ''
    if (this.running) this.#route()
    else this.#timer = this.#clock.set(() => this.update(), COMING_UP)
  }

  /** Again and again: the way on comes later than the access point, and goes whenever the radio starts it anew. */
  #route(): void {
    this.#isRouted = this.#wifi.routeAccessPoint()
    this.#timer = this.#clock.set(() => this.#route(), this.#isRouted ? LOOK_EVERY : COMING_UP)
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
