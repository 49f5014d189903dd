import WiFi from 'wifi'
import type { StationEvents, WifiPort } from '../ports/wifi.js'

/** The SDK's Wi-Fi station. */
export class DeviceWifi implements WifiPort {
  #wifi: WiFi | undefined

  join(ssid: string, password: string, events: StationEvents): void {
    this.leave()
    const credentials = password === '' ? { ssid } : { ssid, password }
    const wifi = new WiFi(credentials, (message) => {
      if (wifi !== this.#wifi) return
      if (message === WiFi.gotIP) events.onUp()
      else if (message === WiFi.disconnected || message === WiFi.lostIP) {
        this.leave()
        events.onDown(message)
      }
    })
    this.#wifi = wifi
  }

  leave(): void {
    const wifi = this.#wifi
    this.#wifi = undefined
    if (wifi === undefined) return
    wifi.close()
    WiFi.connect()
  }
}
