import { deepEqual, equal, ok } from 'node:assert/strict'
import { byteLength, cutUtf8, decodeUtf8, encodeUtf8 } from '../modules/codec/utf8.js'

/** The codec decodes and encodes as Node does, except that each bad byte becomes a U+FFFD of its own. */
export default function utf8(bytes: Uint8Array): void {
  const text = decodeUtf8(bytes)
  const encoded = encodeUtf8(text)
  deepEqual(encoded, new Uint8Array(Buffer.from(text)))
  equal(byteLength(text), encoded.length)
  equal(decodeUtf8(encoded), text)
  const isWellFormed = Buffer.from(bytes).equals(Buffer.from(Buffer.from(bytes).toString()))
  if (isWellFormed) equal(text, Buffer.from(bytes).toString())
  else ok(text.includes('\ufffd'))
  const limit = (bytes[0] ?? 0) & 63
  const cut = cutUtf8(text.slice(0, 100), limit)
  ok(byteLength(cut) <= limit && text.startsWith(cut))
}
