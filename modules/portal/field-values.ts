import { parseBrokerAddress } from '../codec/broker-address.js'
import { hasOnly, span } from '../codec/characters.js'
import { isExampleKey, parseMasterKey } from '../codec/master-key.js'
import type { Settings } from '../storage/settings.js'
import type { Form } from './form.js'

const SIGNS = '.,'
/** Digits before the sign of the decimals, and behind it. */
const MOST_DIGITS = 9
const MOST_DECIMALS = 20

/**
 * The reading in Wh or litres of a text in kWh or m3, exactly: `1234.567`, `1234,567` and `1.234,567` are all 1234567.
 * Decimals beyond the third are cut. Undefined for anything else, and for `1.234` from a page whose language has the comma
 * before decimals. A script's form does not say what language it has; there one sign is that before decimals.
 */
export function parseReading(text: string, form: Form): number | undefined {
  const first = span(text, 0, '09')
  const sign = text.charAt(first)
  if (first === 0 || !SIGNS.includes(sign)) return undefined
  const grouped = groupsEnd(text, first, sign)
  const isEither = grouped === first + 4 && grouped === text.length
  const decimal = form.get('decimal') ?? ''
  if (isEither && decimal !== '' && decimal !== sign) return undefined
  const end = isEither ? first : grouped
  // Behind thousands the other sign comes before decimals.
  if (end > first && (text.charAt(end) === sign || !SIGNS.includes(text.charAt(end)))) return undefined
  const decimals = text.slice(end + 1)
  if (decimals.length > MOST_DECIMALS || !hasOnly(decimals, '09')) return undefined
  const whole = text.slice(0, end).replaceAll('.', '').replaceAll(',', '')
  if (whole.length > MOST_DIGITS) return undefined
  return Number(whole + decimals.slice(0, 3).padEnd(3, '0'))
}

/** Where the thousands end that begin with so many digits and have this sign between them. */
function groupsEnd(text: string, first: number, sign: string): number {
  let end = first
  if (first > 3 || text.startsWith('0')) return end
  while (text[end] === sign && span(text, end + 1, '09') === 3) end += 4
  return end
}

/** A key that not everybody knows. */
export function parseOwnKey(text: string): string | undefined {
  const key = parseMasterKey(text)
  return key.ok && !isExampleKey(key.value) ? text : undefined
}

/** A host, with a port or without. */
export function parseBroker(text: string): Partial<Pick<Settings, 'mqttHost' | 'mqttPort'>> | undefined {
  const address = parseBrokerAddress(text)
  if (!address.ok) return undefined
  const { host, port } = address.value
  return port === undefined ? { mqttHost: host } : { mqttHost: host, mqttPort: port }
}
