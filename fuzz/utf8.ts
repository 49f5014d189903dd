import { deepEqual, equal, ok } from 'node:assert/strict'
import { byteLength, cutUtf8, decodeUtf8, encodeUtf8 } from '../modules/codec/utf8.js'

/** As Node does it, but that each bad byte is the character that Latin-1 has for it. */
export default function utf8(bytes: Uint8Array): void {
  const text = decodeUtf8(bytes)
  const encoded = encodeUtf8(text)
  deepEqual(encoded, new Uint8Array(Buffer.from(text)))
  equal(byteLength(text), encoded.length)
  equal(decodeUtf8(encoded), text)
  const isWellFormed = Buffer.from(bytes).equals(Buffer.from(Buffer.from(bytes).toString()))
  if (isWellFormed) equal(text, Buffer.from(bytes).toString())
  else ok(/[\x80-\xff]/.test(text))
  const limit = (bytes[0] ?? 0) & 63
  const cut = cutUtf8(text.slice(0, 100), limit)
  ok(byteLength(cut) <= limit && text.startsWith(cut))
}
