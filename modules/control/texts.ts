import { escaped, unescaped } from '../codec/pairs.js'
import type { SystemPort } from '../ports/system.js'
import type { FoundNetwork } from '../ports/wifi.js'

/** The original's text; the registers of a crash are not known here and are 0. The reason why the engine gave up follows. */
export function resetReasonText({ resetReason, abortCause }: SystemPort): string {
  const zero = '0x00000000'
  const text = `reason=${resetReason}&exccause=0&epc1=${zero}&epc2=${zero}&epc3=${zero}&excvaddr=${zero}&depc=${zero}`
  return abortCause === undefined ? text : `${text}&abort=${abortCause}`
}

/** One network of a scan. Ciphers, 802.11 generations and WPS are not told by the SDK and stay empty. */
export function scanResultText(network: FoundNetwork): string {
  const ssid = network.ssid.replaceAll('&', '%26')
  const { bssid, rssi, channel, security } = network
  return `ssid=${ssid}&bssid=${bssid}&rssi=${rssi}&channel=${channel}&auth_mode=${security}&pairwise_cipher=&group_cipher=&phy_11b=&phy_11g=&phy_11n=&wps=`
}

/** `ssid=..&pwd=..` with `&` and `=` in the values escaped. */
export function credentialsText(ssid: string, password: string): string {
  return `ssid=${escaped(ssid)}&pwd=${escaped(password)}`
}

/**
 * The pairs of `ssid=..&pwd=..`; what is missing is not there, other keys are passed over. The server does not escape
 * the password, so what follows it without being a pair is a part of it.
 */
export function parseCredentials(text: string): { readonly ssid?: string; readonly password?: string } {
  let ssid: string | undefined
  let password: string | undefined
  let inPassword = false
  for (const pair of text.split('&')) {
    if (inPassword && !pair.includes('=')) {
      password += `&${pair}`
      continue
    }
    inPassword = pair.startsWith('pwd=')
    if (inPassword) password = pair.slice('pwd='.length)
    if (pair.startsWith('ssid=')) ssid = pair.slice('ssid='.length)
  }
  return {
    ...(ssid === undefined ? {} : { ssid: unescaped(ssid) }),
    ...(password === undefined ? {} : { password: unescaped(password) }),
  }
}
