import type { WifiPort } from '../ports/wifi.js'
import type { SettingsStore } from '../settings/store.js'

/** WPA takes no shorter password. */
const MIN_PASSWORD = 8

/** The device's own access point beside the station, through which others reach the network: `mesh-<serial>`. */
export class AccessPoint {
  #wifi: WifiPort
  #settings: SettingsStore
  #name = ''
  #running = ''

  constructor(wifi: WifiPort, settings: SettingsStore) {
    this.#wifi = wifi
    this.#settings = settings
  }

  get running(): boolean {
    return this.#running !== ''
  }

  /** The serial number that names it. */
  set serial(serial: string) {
    this.#name = `mesh-${serial}`
    this.update()
  }

  /** Starts, stops or changes it, as the settings say. */
  update(): void {
    const { apEnabled, apPassword } = this.#settings.values
    const password = apPassword.length < MIN_PASSWORD ? '' : apPassword
    const wanted = apEnabled && password !== '' && this.#name !== '' ? `${this.#name} ${password}` : ''
    if (wanted === this.#running) return
    if (wanted === '') this.#wifi.stopAccessPoint()
    else this.#wifi.startAccessPoint(this.#name, password)
    this.#running = wanted
  }

  close(): void {
    if (this.running) this.#wifi.stopAccessPoint()
    this.#running = ''
  }
}
