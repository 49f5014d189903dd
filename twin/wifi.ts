import type { Clock, Timer } from '../modules/ports/clock.js'
import type { FoundNetwork, StationEvents, WifiPort } from '../modules/ports/wifi.js'

const JOIN_TIME = 1_500
const SCAN_TIME = 2_500

const IN_RANGE: readonly FoundNetwork[] = [
  { ssid: 'twin', bssid: '02:00:00:00:00:01', rssi: -51, channel: 6, security: 'WPA2_PSK' },
  { ssid: 'Café & Bar', bssid: '02:00:00:00:00:02', rssi: -78, channel: 11, security: 'OPEN' },
]

/** The simulated air: one network in range that can be joined, which can go and come. */
export class SimulatedWifi implements WifiPort {
  static readonly ssid = 'twin'
  static readonly password = 'simulated'
  #clock: Clock
  #inRange = true
  /** SSID and password of the device's own access point; undefined while it does not run. */
  accessPoint: { readonly ssid: string; readonly password: string } | undefined
  #events: StationEvents | undefined
  #joined = false
  #timer: Timer | undefined
  #scan: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  set inRange(inRange: boolean) {
    this.#inRange = inRange
    if (!inRange) this.#end('beacon_timeout')
  }

  join(ssid: string, password: string, events: StationEvents): void {
    this.leave()
    this.#events = events
    const reason =
      !this.#inRange || ssid !== SimulatedWifi.ssid
        ? 'no_ap_found'
        : password !== SimulatedWifi.password
          ? 'auth_fail'
          : undefined
    this.#timer = this.#clock.set(
      () => (reason === undefined ? this.#up() : this.#end(reason)),
      reason === 'no_ap_found' ? SCAN_TIME : JOIN_TIME,
    )
  }

  leave(): void {
    this.#clock.clear(this.#timer)
    this.#events = undefined
    this.#joined = false
  }

  rssi(): number | undefined {
    return this.#joined ? IN_RANGE[0]!.rssi : undefined
  }

  scan(onFound: (network: FoundNetwork) => void): void {
    this.#scan ??= this.#clock.set(() => {
      this.#scan = undefined
      IN_RANGE.filter(({ ssid }) => this.#inRange || ssid !== SimulatedWifi.ssid).forEach(onFound)
    }, SCAN_TIME)
  }

  startAccessPoint(ssid: string, password: string): void {
    this.accessPoint = { ssid, password }
  }

  stopAccessPoint(): void {
    this.accessPoint = undefined
  }

  #up(): void {
    this.#joined = true
    this.#events?.onUp()
  }

  #end(reason: string): void {
    const events = this.#events
    this.leave()
    events?.onDown(reason)
  }
}
