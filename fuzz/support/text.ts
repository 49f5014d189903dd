import { decodeUtf8 } from '../../modules/codec/utf8.js'

/** Reads the input as a text. */
export function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes)
}

/** Reads the input as two texts, before and after the first line end. */
export function twoTexts(bytes: Uint8Array): readonly [string, string] {
  const found = bytes.indexOf(10)
  const end = found < 0 ? bytes.length : found
  return [decodeUtf8(bytes, 0, end), decodeUtf8(bytes, Math.min(end + 1, bytes.length))]
}
