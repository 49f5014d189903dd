import type { Radio } from 'device/radio'
import Time from 'time'
import WiFi from 'wifi'
import { hexDigits } from '../codec/hex.js'
import { decodeUtf8 } from '../codec/utf8.js'
import { NOT_FOUND, REFUSED, UNSPECIFIED } from '../ports/join-failure.js'
import type { AccessPointOptions, FoundNetwork, StationEvents, Uplink, WifiPort } from '../ports/wifi.js'

/** XS copies the bytes of a string as they are (xsDataView.c:552). The typings of the language do not know it. */
const engine = ArrayBuffer as ArrayBufferConstructor & { fromString(text: string): ArrayBuffer }

/** The SDK's detail of a lost connection when the password was refused. Its typings do not know it. */
const PASSWORD_REFUSED = -1

/**
 * Milliseconds after `join` in which the SDK may still report the connection before (xs6wifi.c:517 tells everybody). To
 * look for a network through all channels takes longer.
 */
const LATE = 500

/** The SDK's Wi-Fi station, and the access point beside it. */
export class DeviceWifi implements WifiPort {
  #radio: Radio
  #wifi: WiFi | undefined
  #scanning = false

  constructor(radio: Radio) {
    this.#radio = radio
  }

  join(ssid: string, password: string, events: StationEvents): void {
    this.leave()
    const credentials = password === '' ? { ssid } : { ssid, password }
    const askedAt = Time.ticks
    let associated = false
    const onMessage = (message: string, detail?: number) => {
      if (wifi !== this.#wifi || Time.delta(askedAt, Time.ticks) < LATE) return
      if (message === WiFi.connected) {
        associated = true
        events.onAssociated()
      } else if (message === WiFi.gotIP && associated) events.onUp()
      else if (message === WiFi.disconnected) {
        this.leave()
        // The SDK tells nothing of other obstacles.
        events.onDown(detail === PASSWORD_REFUSED ? REFUSED : associated ? UNSPECIFIED : NOT_FOUND)
      }
    }
    let wifi: WiFi | undefined
    try {
      wifi = new WiFi(undefined, onMessage)
      this.#wifi = wifi
      WiFi.connect(credentials)
    } catch {
      this.leave()
      events.onDown(UNSPECIFIED)
    }
  }

  leave(): void {
    const wifi = this.#wifi
    this.#wifi = undefined
    if (wifi === undefined) return
    wifi.close()
    WiFi.connect()
  }

  renewAddress(): void {
    this.#radio.renewAddress()
  }

  setRadio(on: boolean): void {
    this.#radio.setRadio(on)
  }

  uplink(): Uplink | undefined {
    return this.#radio.uplink()
  }

  rssi(): number | undefined {
    return this.#radio.rssi()
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
      // The radio is busy joining, or off.
      end()
    }
  }

  startAccessPoint(options: AccessPointOptions): boolean {
    return this.#radio.startAccessPoint(options)
  }

  addressAccessPoint(): boolean {
    return this.#radio.addressAccessPoint()
  }

  stopAccessPoint(): void {
    this.#radio.stopAccessPoint()
  }

  #onScan(found: Found | null | undefined, onFound: (network: FoundNetwork) => void, end: () => void): void {
    if (found === null || found === undefined) return end()
    const { ssid, rssi, channel, bssid, authentication } = found
    onFound({
      // The SDK makes a string of any bytes (xs6wifi.c:267); of one that is not UTF-8 the engine would read beyond its end.
      ssid: decodeUtf8(new Uint8Array(engine.fromString(ssid))),
      rssi,
      channel,
      bssid: bssid === undefined ? '' : Array.from(new Uint8Array(bssid), (byte) => hexDigits(byte)).join(':'),
      security: authentication === undefined ? '' : (SECURITY[authentication] ?? ''),
    })
  }
}

/**
 * A network as the SDK reports it; null or undefined at the end. Its typings do not know the channel. The simulator leaves
 * out what may be undefined here. The ESP32 leaves out a kind of security that it does not know (xs6wifi.c:282).
 */
interface Found {
  readonly ssid: string
  readonly rssi: number
  readonly channel: number
  readonly bssid?: ArrayBuffer
  readonly authentication?: string
}

/** The SDK's words for the server's. */
const SECURITY: Readonly<Record<string, string>> = Object.freeze({
  none: 'OPEN',
  wep: 'WEP',
  wpa_psk: 'WPA_PSK',
  wpa2_psk: 'WPA2_PSK',
  wpa_wpa2_psk: 'WPA_WPA2_PSK',
})
