/// <reference path="./globals.d.ts" />
/*
 * MOD/modules/network/wifi/esp32/wifi.js, xs6wifi.c. What is unpleasant:
 * - the driver's events are told later, to every object there is then; a message for an object that is gone reaches the
 *   one in its memory (isValidWiFi, 328); onNotify set again makes a ring of the list (450)
 * - the end of what the station was in before may take the one repetition, or end the new attempt (487-505)
 * - gotIP waits for IPv4 and IPv6 (527-544); lostIP is told to nobody (378)
 * - scan() throws while it scans or joins, or where there is no station (133, 165); an exception of its callback is
 *   lost but for the last call (264, 305), and the record (157) is never given back
 * - the name of a network in scan() is a string of the bytes in the air, UTF-8 or not (267)
 * - accessPoint() looks at `station` only where Wi-Fi runs already: else it is an access point alone, in which connect()
 *   throws (627, 691, 236); the access point itself runs later
 */

interface Credentials {
  readonly ssid?: string
  readonly password?: string
  readonly bssid?: ArrayBuffer
  readonly channel?: number
}

interface AccessPoint extends Credentials {
  readonly hidden?: boolean
  readonly max?: number
  readonly interval?: number
  readonly station?: boolean
}

interface Found {
  readonly ssid: string
  readonly bssid: string
  readonly rssi: number
  readonly channel: number
  readonly security: string
  readonly isLatin1?: boolean
}

type OnNotify = (message: string, detail?: number) => void
type OnScan = (found: object | null) => void

export default class WiFi {
  static Mode = Object.freeze({ off: -5, none: 0, station: 1, accessPoint: 2 })
  static gotIP = 'gotIP'
  static lostIP = 'lostIP'
  static connected = 'connect'
  static disconnected = 'disconnect'
  static station_connect = 'station_connect'
  static station_disconnect = 'station_disconnect'

  #address = 0
  #handle = 0
  declare callback?: OnNotify

  constructor(credentials?: Credentials, onNotify?: OnNotify) {
    if (credentials) WiFi.connect(credentials)
    if (onNotify) this.onNotify = onNotify
  }

  close(): void {
    if (this.#address === 0) return
    world('wifi.close', this.#address)
    drop(this.#handle)
    this.#address = this.#handle = 0
  }

  set onNotify(onNotify: OnNotify | undefined) {
    if (this.#address !== 0) world('wifi.listenAgain')
    if (!onNotify) return
    this.#handle = hold(() => {
      const message: string | undefined = world('wifi.message', this.#address)
      // ipEventPending tells of gotIP only, whatever event it was posted for.
      if (message === undefined || message === 'netif' || message === WiFi.lostIP) return
      if (message === WiFi.disconnected) this.callback!(message, world('wifi.disconnectReason'))
      else this.callback!(message)
    })
    this.#address = world('wifi.open', this.#handle)
    this.callback = onNotify
  }

  static set mode(mode: number) {
    check(world('wifi.setMode', mode | 0))
  }

  static get mode(): number {
    return world('wifi.getMode')
  }

  static connect(...values: readonly Credentials[]): void {
    if (values.length === 0) {
      world('wifi.disconnect')
      return
    }
    const { ssid, password, bssid, channel } = values[0]!
    if (!ssid) throw new Error('ssid required')
    limit(ssid, 32, 'ssid too long - 32 bytes max')
    if (password) limit(password, 64, 'password too long - 64 bytes max')
    if (bssid !== undefined && bssid.byteLength !== 6) throw new Error('bssid must be 6 bytes')
    if (channel !== undefined && (channel < 1 || channel > 13)) throw new Error('invalid channel')
    check(world('wifi.connect', ssid, password ?? '', bssid === undefined ? undefined : textOf(bssid)))
  }

  static disconnect(): void {
    WiFi.connect()
  }

  static close(): void {
    throw new Error('use WiFi.disconnect()')
  }

  static scan(...values: readonly unknown[]): void {
    if (values.length === 0) {
      const handle: number | undefined = world('wifi.stopScan')
      if (handle !== undefined) drop(handle)
      return
    }
    const callback = values[1] as OnScan
    const handle = hold(() => {
      // reportScan
      const found: string | undefined = world('wifi.found')
      for (const network of found === undefined ? [] : JSON.parse(found)) {
        try {
          callback(describe(network))
        } catch {
          // The native code goes on with the next one.
        }
      }
      drop(handle)
      callback(null)
    })
    const reason: string | undefined = world('wifi.scan', handle)
    if (reason === undefined) return
    drop(handle)
    throw new Error(reason)
  }

  static accessPoint(options: AccessPoint): void {
    const { ssid, password, channel, station } = options
    limit(String(ssid), 32, 'ssid too long - 32 bytes max')
    if ('password' in options) {
      limit(String(password), 64, 'password too long - 64 bytes max')
      if (lengthOf(String(password)) < 8) throw new Error('password too short - 8 bytes min')
    }
    if (channel !== undefined && (channel < 1 || channel > 13)) throw new Error('invalid channel')
    check(world('wifi.accessPoint', String(ssid), password ?? '', station === true))
  }
}

function describe({ ssid, rssi, channel, bssid, security, isLatin1 }: Found) {
  return {
    ssid: isLatin1 ? rawText(Uint8Array.from(ssid, (character) => character.charCodeAt(0)).buffer) : ssid,
    rssi,
    channel,
    hidden: false,
    bssid: Uint8Array.from(bssid.split(':'), (part) => Number.parseInt(part, 16)).buffer,
    authentication: authentication(security),
  }
}

/** Whatever is not one of four has the last one's name. */
function authentication(security: string): string {
  switch (security) {
    case 'OPEN':
      return 'none'
    case 'WEP':
    case 'WPA_PSK':
    case 'WPA2_PSK':
      return security.toLowerCase()
    default:
      return 'wpa_wpa2_psk'
  }
}

function textOf(bssid: ArrayBuffer): string {
  return Array.from(new Uint8Array(bssid), (byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function check(reason: string | undefined): void {
  if (reason !== undefined) throw new Error(reason)
}

function limit(text: string, length: number, reason: string): void {
  if (lengthOf(text) > length) throw new Error(reason)
}

/** Bytes in UTF-8. */
function lengthOf(text: string): number {
  let length = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
  }
  return length
}
