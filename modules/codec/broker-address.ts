import { hasOnly, isDigits } from './characters.js'
import { failure, type Result, success } from './result.js'

/** Most bytes of a broker's host name. */
export const MAX_HOST = 63

/** The usual ports of MQTT, without TLS and with it. */
export const MQTT_PORT = 1883
export const MQTTS_PORT = 8883

export interface BrokerAddress {
  /** A host name or an IPv4 address, without the dot that may end a name. */
  readonly host: string
  /** Undefined where the text names none. */
  readonly port: number | undefined
}

/**
 * Reads `mqtt.example.org`, `192.168.1.2` or either with `:8883` behind it. The error says what is wrong with anything
 * else.
 */
export function parseBrokerAddress(text: string): Result<BrokerAddress> {
  const [name = '', portText, ...others] = text.split(':')
  if (others.length > 0) return failure('host: expected a name or an IPv4 address, got more than one ":"')
  const port = portText === undefined ? undefined : parsePort(portText)
  if (portText !== undefined && port === undefined) return failure(`port: expected 1 to 65535, got "${portText}"`)
  const host = name.endsWith('.') ? name.slice(0, -1) : name
  if (host === '') return failure('host: missing')
  if (host.length > MAX_HOST) return failure(`host: expected at most ${MAX_HOST} bytes, got ${host.length}`)
  const labels = host.split('.')
  if (labels.every((label) => isDigits(label))) {
    if (labels.length === 4 && labels.every(isOctet)) return success({ host, port })
    return failure(`host: expected four numbers up to 255, got "${host}"`)
  }
  const wrong = labels.find((label) => !isLabel(label))
  return wrong === undefined ? success({ host, port }) : failure(`host: "${wrong}" is no part of a name`)
}

/** A port of TCP, 1 to 65535; undefined for anything else. */
export function parsePort(text: string): number | undefined {
  const port = isDigits(text, 5) ? Number(text) : 0
  return port > 0 && port < 65_536 ? port : undefined
}

/** One label of a host name. DNS knows names with `_` too, which RFC 1123 does not. */
function isLabel(text: string): boolean {
  return text !== '' && !text.startsWith('-') && !text.endsWith('-') && hasOnly(text, 'AZaz09__--')
}

function isOctet(text: string): boolean {
  return Number(text) < 256 && String(Number(text)) === text
}
