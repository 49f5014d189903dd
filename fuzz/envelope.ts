import { deepEqual, equal } from 'node:assert/strict'
import { fromHex } from '../modules/codec/hex.js'
import { decodeUtf8 } from '../modules/codec/utf8.js'
import { Envelope } from '../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../twin/crypto.js'

export const TOPIC = '/config/v2/1234567/1700000000/open_until'
const IV = new Uint8Array(16)
export const envelope = new Envelope(nodeCrypto, fromHex('ef500c9268cf749016d26d6cbfaaf7bf')!)

/** Nothing opens that was not sealed. What was sealed opens as it was, and not with any bit changed. */
export default function open(bytes: Uint8Array): void {
  errorOf(bytes)
  const text = decodeUtf8(bytes, 0, Math.min(bytes.length, 100)).replaceAll('\0', ' ')
  const message = envelope.seal(TOPIC, text, IV)
  deepEqual(envelope.open(TOPIC, message), { ok: true, value: text })
  message[(bytes[0] ?? 0) % message.length]! ^= 1 << ((bytes[1] ?? 0) & 7)
  errorOf(message)
}

/** Expects that a message that was not sealed under this topic does not open. @returns the error */
export function errorOf(message: Uint8Array, topic = TOPIC): string {
  const opened = envelope.open(topic, message)
  equal(opened.ok, false, 'opened')
  return opened.ok ? '' : opened.error
}
