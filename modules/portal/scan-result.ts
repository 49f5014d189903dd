import type { FoundNetwork } from '../ports/wifi.js'

/** The original's `enc` numbers. Kinds that it did not know are sent as WPA2, so that clients ask for a password. */
const ENCRYPTION: Readonly<Record<string, string>> = Object.freeze({
  OPEN: '0',
  WEP: '1',
  WPA_PSK: '2',
  WPA2_PSK: '3',
  WPA_WPA2_PSK: '4',
})

/** The original's answer to `wifiscan.cgi`, which writes numbers as texts. */
export function* scanResult(networks: readonly FoundNetwork[]): Iterable<string> {
  yield '{"result":{"inProgress":"0","APs":['
  let separator = ''
  for (const { ssid, rssi, security } of networks) {
    yield separator + JSON.stringify({ essid: ssid, rssi: String(rssi), enc: ENCRYPTION[security] ?? '3' })
    separator = ','
  }
  yield ']}}'
}
