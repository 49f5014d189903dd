import { decodeUtf8 } from '../codec/utf8.js'

/** The fields of a form by name. No object: see `hasName`. */
export type Form = ReadonlyMap<string, string>

const MAX_FIELDS = 32

const AMPERSAND = 0x26
const EQUALS = 0x3d
const PLUS = 0x2b
const PERCENT = 0x25
const SPACE = 0x20

/**
 * Decodes `application/x-www-form-urlencoded`: `+` is a blank, %XX a byte of UTF-8. A `%` that is no escape stays, of
 * two fields with one name the first counts, and a field without `=` is empty.
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

function decode(bytes: Uint8Array, start: number, end: number): string {
  const plain = bytes.slice(start, end)
  if (plain.indexOf(PERCENT) < 0 && plain.indexOf(PLUS) < 0) return decodeUtf8(plain)
  const nibbles = NIBBLES
  const last = plain.length - 2
  let length = 0
  for (let i = 0; i < plain.length; i++) {
    let byte = plain[i]!
    if (byte === PERCENT && i < last) {
      const value = (nibbles[plain[i + 1]!]! << 4) | nibbles[plain[i + 2]!]!
      if (value >= 0) {
        byte = value
        i += 2
      }
    } else if (byte === PLUS) byte = SPACE
    plain[length++] = byte
  }
  return decodeUtf8(plain, 0, length)
}

/** The value of a hexadecimal digit by its code, else -1. */
const NIBBLES: readonly number[] = Object.freeze(
  Array.from({ length: 256 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase())),
)
