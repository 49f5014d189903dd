import { rssi, startAccessPoint, stopAccessPoint } from 'device/machine'
import WiFi from 'wifi'
import { toHex } from '../codec/hex.js'
import type { FoundNetwork, StationEvents, WifiPort } from '../ports/wifi.js'

/** The SDK's Wi-Fi station. */
export class DeviceWifi implements WifiPort {
  readonly rssi = rssi
  readonly startAccessPoint = startAccessPoint
  readonly stopAccessPoint = stopAccessPoint
  #wifi: WiFi | undefined
  #scanning = false

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

  scan(onFound: (network: FoundNetwork) => void): void {
    if (this.#scanning) return
    this.#scanning = true
    WiFi.scan({}, (result) => {
      const found = result as Found | null | undefined
      if (found === null || found === undefined) {
        this.#scanning = false
        return
      }
      const { ssid, rssi, channel, bssid, authentication } = found
      onFound({
        ssid,
        rssi,
        channel,
        bssid: bssid === undefined ? '' : toHex(new Uint8Array(bssid)).replace(/..(?!$)/g, '$&:'),
        security: SECURITY[authentication] ?? '',
      })
    })
  }
}

/** A network as the SDK tells of it; its typings do not know the channel. */
interface Found {
  readonly ssid: string
  readonly rssi: number
  readonly channel: number
  readonly bssid?: ArrayBuffer
  readonly authentication: string
}

/** The SDK's words for the server's. */
const SECURITY: Readonly<Record<string, string>> = Object.freeze({
  none: 'OPEN',
  wep: 'WEP',
  wpa_psk: 'WPA_PSK',
  wpa2_psk: 'WPA2_PSK',
  wpa_wpa2_psk: 'WPA_WPA2_PSK',
})
