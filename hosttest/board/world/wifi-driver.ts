import type { Timer } from '../../../modules/ports/clock.js'
import type { SimulatedNetwork } from '../../../twin/wifi.js'
import type { Air } from './air.js'
import type { Hardware } from './hardware.js'
import { ESP_OK, type Netifs } from './netif.js'

/* ESP-IDF: esp_wifi.h (errors), esp_wifi_types_generic.h (reasons) */
export const ESP_ERR_WIFI_NOT_INIT = 0x3001
const ESP_ERR_WIFI_NOT_STARTED = 0x3002
const ESP_ERR_WIFI_MODE = 0x3005
const ESP_ERR_WIFI_STATE = 0x3006
const ESP_ERR_WIFI_CONN = 0x3007
const ESP_ERR_WIFI_SSID = 0x300a
export const REASON = { leave: 8, handshake: 15, beacon: 200, notFound: 201 } as const

export const MODE = { none: 0, station: 1, accessPoint: 2, both: 3 } as const

const ASSOCIATION_TIME = 1_400
const SCAN_TIME = 2_500
/** A wrong password shows when the handshake gets no answer. */
const HANDSHAKE_TIME = 4_000
/** A station gives a network up that it has not heard for this time (esp_wifi.h, esp_wifi_set_inactive_time). */
const BEACON_TIMEOUT = 6_000
export type DriverEvent =
  | {
      readonly name:
        | 'start'
        | 'stop'
        | 'connected'
        | 'scanned'
        | 'accessPointStart'
        | 'accessPointStop'
        | 'stationJoined'
        | 'stationLeft'
    }
  | { readonly name: 'disconnected'; readonly reason: number }

export interface StationConfig {
  readonly ssid: string
  readonly password: string
  readonly bssid?: string
}

/** ESP-IDF's Wi-Fi driver, esp_wifi: does what it is asked and tells of it later, from the task of the event loop. */
export class WifiDriver {
  readonly air: Air
  /** Told of every event, after the interfaces were. */
  onEvent: (event: DriverEvent) => void = () => {}
  /**
   * Milliseconds from when the driver has something to tell until the task of the event loop tells it. Undefined: that
   * task comes first at once, as its priority lets it, before the SDK's call has returned.
   */
  eventTime: number | undefined = 20
  isStarted = false
  mode: number = MODE.none
  /** What the last scan has found. */
  found: SimulatedNetwork[] = []
  config: StationConfig = { ssid: '', password: '' }
  accessPointConfig = { ssid: '', password: '' }
  #joined: SimulatedNetwork | undefined
  #joining: Timer | undefined
  #scanning: Timer | undefined
  #lost: Timer | undefined
  #hardware: Hardware
  #netifs: Netifs
  #wasStarted = false
  #boot = 0

  constructor(hardware: Hardware, netifs: Netifs, air: Air) {
    this.#hardware = hardware
    this.#netifs = netifs
    this.air = air
    air.onChange = (network) => this.#onChange(network)
  }

  /** The network the station is in. */
  get joined(): SimulatedNetwork | undefined {
    return this.#joined
  }

  get isStation(): boolean {
    return this.mode === MODE.station || this.mode === MODE.both
  }

  get isAccessPoint(): boolean {
    return this.mode === MODE.accessPoint || this.mode === MODE.both
  }

  reset(): void {
    this.#boot++
    for (const timer of [this.#joining, this.#scanning, this.#lost]) this.#hardware.clock.clear(timer)
    this.#joining = this.#scanning = this.#lost = undefined
    this.#joined = undefined
    this.isStarted = this.#wasStarted = false
    this.mode = MODE.none
    this.air.accessPoint = undefined
  }

  start(): number {
    if (this.isStarted) return ESP_OK
    this.isStarted = true
    if (this.#wasStarted) {
      this.air.restarts++
      this.air.onRemedy?.()
    }
    this.#wasStarted = true
    if (this.isStation) this.#tell({ name: 'start' })
    if (this.isAccessPoint) this.#startAccessPoint()
    return ESP_OK
  }

  stop(): number {
    if (!this.isStarted) return ESP_OK
    this.isStarted = false
    this.#endScan()
    this.#leave(REASON.leave)
    if (this.isStation) this.#tell({ name: 'stop' })
    this.#stopAccessPoint()
    return ESP_OK
  }

  setMode(mode: number): number {
    const was = { station: this.isStation, accessPoint: this.isAccessPoint }
    this.mode = mode
    if (!this.isStarted) return ESP_OK
    if (was.station && !this.isStation) this.#leave(REASON.leave)
    if (was.station !== this.isStation) this.#tell({ name: this.isStation ? 'start' : 'stop' })
    if (!was.accessPoint && this.isAccessPoint) this.#startAccessPoint()
    if (was.accessPoint && !this.isAccessPoint) this.#stopAccessPoint()
    return ESP_OK
  }

  setConfig(config: StationConfig): number {
    if (this.#joining !== undefined) return ESP_ERR_WIFI_STATE
    this.config = config
    return ESP_OK
  }

  connect(): number {
    if (!this.isStarted) return ESP_ERR_WIFI_NOT_STARTED
    if (!this.isStation) return ESP_ERR_WIFI_MODE
    if (this.#joining !== undefined || this.#joined !== undefined) return ESP_ERR_WIFI_CONN
    const { ssid, password, bssid } = this.config
    if (ssid === '') return ESP_ERR_WIFI_SSID
    this.#endScan()
    this.#join(ASSOCIATION_TIME, () => {
      const network = this.air.networks.find(
        (candidate) =>
          candidate.inRange && candidate.ssid === ssid && (bssid === undefined || bssid === candidate.bssid),
      )
      // Without a password a network that wants one is none that fits.
      if (network === undefined || (network.security !== 'OPEN' && password === ''))
        return this.#join(SCAN_TIME - ASSOCIATION_TIME, () => this.#fail(REASON.notFound))
      if (network.security !== 'OPEN' && network.password !== password)
        return this.#join(HANDSHAKE_TIME - ASSOCIATION_TIME, () => this.#fail(REASON.handshake))
      this.#joining = undefined
      this.#joined = network
      this.#tell({ name: 'connected' })
    })
    return ESP_OK
  }

  disconnect(): number {
    if (!this.isStarted) return ESP_ERR_WIFI_NOT_STARTED
    this.#leave(REASON.leave)
    return ESP_OK
  }

  scan(): number {
    if (!this.isStarted) return ESP_ERR_WIFI_NOT_STARTED
    if (!this.isStation) return ESP_ERR_WIFI_MODE
    if (this.#joining !== undefined || this.#scanning !== undefined) return ESP_ERR_WIFI_STATE
    this.#scanning = this.#hardware.clock.set(() => {
      this.#scanning = undefined
      this.found = this.air.networks.filter(({ inRange }) => inRange)
      this.#tell({ name: 'scanned' })
    }, SCAN_TIME)
    return ESP_OK
  }

  stopScan(): void {
    this.#endScan()
  }

  /** An access point that runs is another from now on. */
  setAccessPointConfig(config: { readonly ssid: string; readonly password: string }): void {
    this.accessPointConfig = config
    if (this.air.accessPoint !== undefined) this.air.accessPoint = config
  }

  /** A phone has joined the device's own network, or left it. */
  tellStation(isThere: boolean): void {
    this.#tell({ name: isThere ? 'stationJoined' : 'stationLeft' })
  }

  #endScan(): void {
    if (this.#scanning === undefined) return
    this.#hardware.clock.clear(this.#scanning)
    this.#scanning = undefined
    this.found = []
    this.#tell({ name: 'scanned' })
  }

  #join(ms: number, next: () => void): void {
    this.#joining = this.#hardware.clock.set(next, ms)
  }

  #fail(reason: number): void {
    this.#joining = undefined
    this.#tell({ name: 'disconnected', reason })
  }

  #leave(reason: number): void {
    if (this.#joining === undefined && this.#joined === undefined) return
    const { clock } = this.#hardware
    clock.clear(this.#joining)
    clock.clear(this.#lost)
    this.#joining = this.#lost = undefined
    this.#joined = undefined
    this.#tell({ name: 'disconnected', reason })
  }

  #onChange(network: SimulatedNetwork): void {
    if (network !== this.#joined) return
    const { clock } = this.#hardware
    clock.clear(this.#lost)
    if (this.#netifs.station !== undefined) this.#netifs.station.isHeard = network.inRange
    this.#lost = network.inRange ? undefined : clock.set(() => this.#leave(REASON.beacon), BEACON_TIMEOUT)
  }

  /** The event loop's task: first the interfaces hear of it, then who has registered. */
  #tell(event: DriverEvent): void {
    this.#later(() => {
      if (event.name === 'connected') this.#netifs.connect()
      if (event.name === 'disconnected' || event.name === 'stop') this.#netifs.disconnect()
      this.onEvent(event)
    })
  }

  #startAccessPoint(): void {
    this.#later(() => {
      if (!this.isAccessPoint || !this.isStarted) return
      this.#netifs.startAccessPoint()
      this.air.accessPoint = this.accessPointConfig
      this.onEvent({ name: 'accessPointStart' })
    })
  }

  #stopAccessPoint(): void {
    this.#later(() => {
      if (this.isAccessPoint && this.isStarted) return
      if (this.air.accessPoint === undefined) return
      this.#netifs.stopAccessPoint()
      this.air.accessPoint = undefined
      this.onEvent({ name: 'accessPointStop' })
    })
  }

  #later(happen: () => void): void {
    const boot = this.#boot
    if (this.eventTime === undefined) return happen()
    this.#hardware.clock.set(() => boot === this.#boot && happen(), this.eventTime)
  }
}
