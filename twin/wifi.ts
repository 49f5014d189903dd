import type { Clock, Timer } from '../modules/ports/clock.js'
import type { StationEvents, WifiPort } from '../modules/ports/wifi.js'

const JOIN_TIME = 1_500
const SCAN_TIME = 2_500

/** The simulated air: one network in range, which can go and come. */
export class SimulatedWifi implements WifiPort {
  static readonly ssid = 'twin'
  static readonly password = 'simulated'
  #clock: Clock
  #inRange = true
  #events: StationEvents | undefined
  #timer: Timer | undefined

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
      () => (reason === undefined ? events.onUp() : this.#end(reason)),
      reason === 'no_ap_found' ? SCAN_TIME : JOIN_TIME,
    )
  }

  leave(): void {
    this.#clock.clear(this.#timer)
    this.#events = undefined
  }

  #end(reason: string): void {
    const events = this.#events
    this.leave()
    events?.onDown(reason)
  }
}
