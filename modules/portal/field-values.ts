import { parseBrokerAddress } from '../codec/broker-address.js'
import { isExampleKey, parseMasterKey } from '../codec/master-key.js'
import type { Settings } from '../storage/settings.js'
import type { Form } from './form.js'

const READING = /^([0-9]{1,9})(?:[.,]([0-9]{0,20}))?$/
/** With signs between the thousands, of one kind, and another before decimals. */
const WITH_POINTS = /^([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]{0,20}))?$/
const WITH_COMMAS = /^([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]{0,20}))?$/
/** With one sign that may be either. */
const EITHER = /^[1-9][0-9]{0,2}([.,])[0-9]{3}$/
const DIGITS = 9

/**
 * The reading in Wh or litres of a text in kWh or m3, exactly: `1234.567`, `1234,567` and `1.234,567` are all 1234567.
 * Decimals beyond the third are cut. Undefined for anything else, and for `1.234` from a page whose language has the comma
 * before decimals. A script's form does not say what language it has; there one sign is that before decimals.
 */
export function parseReading(text: string, form: Form): number | undefined {
  const decimal = form.get('decimal') ?? ''
  const sign = EITHER.exec(text)?.[1]
  if (decimal !== '' && sign !== undefined && sign !== decimal) return undefined
  const found = READING.exec(text) ?? WITH_POINTS.exec(text) ?? WITH_COMMAS.exec(text)
  if (found === null) return undefined
  const whole = found[1]!.replaceAll('.', '').replaceAll(',', '')
  if (whole.length > DIGITS) return undefined
  return Number(whole + (found[2] ?? '').slice(0, 3).padEnd(3, '0'))
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
