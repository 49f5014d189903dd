import { renewAddress, rssi, setRadio, startAccessPoint, stopAccessPoint, uplink } from 'device/machine'
import WiFi from 'wifi'
import { toHex } from '../codec/hex.js'
import type { FoundNetwork, StationEvents, WifiPort } from '../ports/wifi.js'

/* The original's words for the reasons of ESP-IDF. */
const NOT_FOUND = 'no_ap_found'
const REFUSED = 'auth_fail'
const GONE = 'unspecified'

/** What the SDK tells beside a lost connection when the password was refused; its typings do not know it. */
const PASSWORD_REFUSED = -1

/** The SDK's Wi-Fi station. */
export class DeviceWifi implements WifiPort {
  readonly rssi = rssi
  readonly uplink = uplink
  readonly renewAddress = renewAddress
  readonly setRadio = setRadio
  readonly startAccessPoint = startAccessPoint
  readonly stopAccessPoint = stopAccessPoint
  #wifi: WiFi | undefined
  #scanning = false

  join(ssid: string, password: string, events: StationEvents): void {
    this.leave()
    const credentials = password === '' ? { ssid } : { ssid, password }
    let associated = false
    const onMessage = (message: string, detail?: number) => {
      if (wifi !== this.#wifi) return
      if (message === WiFi.connected) associated = true
      else if (message === WiFi.gotIP) events.onUp()
      else if (message === WiFi.disconnected) {
        this.leave()
        // Of what else can be in the way the SDK tells nothing.
        events.onDown(detail === PASSWORD_REFUSED ? REFUSED : associated ? GONE : NOT_FOUND)
      }
    }
    const wifi = new WiFi(undefined, onMessage)
    this.#wifi = wifi
    try {
      WiFi.connect(credentials)
    } catch {
      this.leave()
      events.onDown(GONE)
    }
  }

  leave(): void {
    const wifi = this.#wifi
    this.#wifi = undefined
    if (wifi === undefined) return
    wifi.close()
    WiFi.connect()
  }

  scan(onFound: (network: FoundNetwork) => void, onDone: () => void = () => {}): void {
    if (this.#scanning) return onDone()
    this.#scanning = true
    const end = () => {
      this.#scanning = false
      onDone()
    }
    try {
      WiFi.scan({}, (result) => this.#onScan(result as Found | null | undefined, onFound, end))
    } catch {
      // The radio is busy joining.
      end()
    }
  }

  #onScan(found: Found | null | undefined, onFound: (network: FoundNetwork) => void, end: () => void): void {
    if (found === null || found === undefined) return end()
    const { ssid, rssi, channel, bssid, authentication } = found
    onFound({
      ssid,
      rssi,
      channel,
      bssid: bssid === undefined ? '' : toHex(new Uint8Array(bssid)).replace(/..(?!$)/g, '$&:'),
      security: SECURITY[authentication] ?? '',
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
