import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../modules/codec/hex.js'
import { headersText, MAX_HEADERS_TEXT, parseHeaders } from '../modules/radio/header-list.js'
import { expandCompact } from '../modules/wmbus/compact.js'
import { textOf } from './support/text.js'

/** A list that is taken reads back as it was, and each of its headers can be put before values. */
export default function headerList(bytes: Uint8Array): void {
  const headers = parseHeaders(textOf(bytes))
  if (!headers.ok) return ok(headers.error !== '')
  const text = headersText(headers.value)
  ok(text.length <= MAX_HEADERS_TEXT && headers.value.length <= 8, text)
  deepEqual(parseHeaders(text), headers)
  for (const { hex } of headers.value) {
    const header = fromHex(hex)!
    equal(expandCompact(header, new Uint8Array(2_048), 0).subarray(0, 1)[0], header[0])
  }
}
