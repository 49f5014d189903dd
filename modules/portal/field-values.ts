import { parseBrokerAddress } from '../codec/broker-address.js'
import { isExampleKey, parseMasterKey } from '../codec/master-key.js'
import type { Settings } from '../storage/settings.js'

/**
 * The reading in Wh or litres of a text in kWh or m3, exactly: `1234.567` and `1234,567` are both 1234567. Decimals
 * beyond the third are cut. Undefined for anything else.
 */
export function parseReading(text: string): number | undefined {
  const found = /^([0-9]{1,9})(?:[.,]([0-9]{0,20}))?$/.exec(text)
  if (found === null) return undefined
  return Number(found[1]! + (found[2] ?? '').slice(0, 3).padEnd(3, '0'))
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
