import { deepEqual, equal, ok } from 'node:assert/strict'
import { toHex } from '../modules/codec/hex.js'
import { MAX_METERS, metersText, parseMeters } from '../modules/radio/meter-list.js'
import { textOf } from './support/text.js'

/** A list that is taken reads back as it was. An error never shows a key. */
export default function meterList(bytes: Uint8Array): void {
  const text = textOf(bytes)
  const meters = parseMeters(text)
  if (!meters.ok) {
    for (const part of text.split(',')) {
      const key = part.slice(part.indexOf(':') + 1)
      ok(key.length < 16 || !meters.error.includes(key), meters.error)
    }
    return
  }
  ok(meters.value.length <= MAX_METERS)
  deepEqual(parseMeters(metersText(meters.value)), meters)
  equal(metersText(meters.value), meters.value.map(({ id, key }) => `${id}:${toHex(key)}`).join())
}
