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
  const plain = new Uint8Array(end - start)
  let length = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    const high = byte === PERCENT && i + 2 < end ? nibble(bytes[i + 1]!) : -1
    const low = high < 0 ? -1 : nibble(bytes[i + 2]!)
    if (low < 0) {
      plain[length++] = byte === PLUS ? SPACE : byte
    } else {
      plain[length++] = (high << 4) | low
      i += 2
    }
  }
  return decodeUtf8(plain, 0, length)
}

function nibble(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
