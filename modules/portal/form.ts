import { NIBBLES } from '../codec/hex.js'
import { decodeUtf8 } from '../codec/utf8.js'

/** The fields of a form by name. A map, because XS never frees the names of an object (see `hasOwn`). */
export type Form = ReadonlyMap<string, string>

export const NO_FORM: Form = new Map()

const MAX_FIELDS = 32

const AMPERSAND = 0x26
const EQUALS = 0x3d
const PLUS = 0x2b
const PERCENT = 0x25
const SPACE = 0x20

/**
 * Decodes `application/x-www-form-urlencoded`: `+` is a blank, %XX a byte of UTF-8. A `%` that starts no escape stays.
 * The first of two fields with one name counts. A field without `=` is empty.
 * @param body is overwritten
 */
export function parseForm(body: Uint8Array): Form {
  const form = new Map<string, string>()
  let fields = 0
  for (let start = 0; start < body.length && fields < MAX_FIELDS; fields++) {
    const found = body.indexOf(AMPERSAND, start)
    const end = found < 0 ? body.length : found
    const equals = body.subarray(start, end).indexOf(EQUALS)
    const name = decode(body, start, equals < 0 ? end : start + equals)
    if (!form.has(name)) form.set(name, equals < 0 ? '' : decode(body, start + equals + 1, end))
    start = end + 1
  }
  return form
}

/** Decodes in place, because a copy of the longest body would be a kilobyte more. */
function decode(body: Uint8Array, start: number, end: number): string {
  const bytes = body.subarray(start, end)
  if (bytes.indexOf(PERCENT) < 0 && bytes.indexOf(PLUS) < 0) return decodeUtf8(bytes)
  const nibbles = NIBBLES
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i]!
    if (byte === PERCENT) {
      // Behind the end there is no digit either.
      const value = ((nibbles[bytes[i + 1]!] ?? -1) << 4) | (nibbles[bytes[i + 2]!] ?? -1)
      if (value >= 0) {
        byte = value
        i += 2
      }
    } else if (byte === PLUS) byte = SPACE
    bytes[length++] = byte
  }
  return decodeUtf8(bytes, 0, length)
}
