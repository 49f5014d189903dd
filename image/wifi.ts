import { byteLength } from '../modules/codec/utf8.js'
import { isWpaPassword } from '../modules/codec/wpa.js'
import { MAX_SSID } from '../modules/storage/settings.js'

/** Whether a network may have this name: 1 to `MAX_SSID` bytes. */
export function isSsid(text: string): boolean {
  return text !== '' && byteLength(text) <= MAX_SSID
}

/** Whether a network may have this password: 8 to 63 characters of ASCII, none for an open one, or the key that WPA makes of one. */
export function isWifiPassword(text: string): boolean {
  return text === '' || isWpaPassword(text) || /^[0-9A-Fa-f]{64}$/.test(text)
}
