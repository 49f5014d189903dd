import { fromHex } from '../modules/codec/hex.js'
import { failure, type Result, success } from '../modules/codec/result.js'
import { parseMeterId } from '../modules/wmbus/data-link.js'
import { isHeader, type KnownHeader, knownHeader } from '../modules/wmbus/signatures.js'

/** What stands for a meter's key where its telegrams need none. */
export const NO_KEY = 'NOKEY'

/** So much of a wrong text is shown. */
const SHOWN = 200

/** The bytes of hex. Blanks between the digits are allowed. */
export function bytesOfHex(text: string, what: string): Result<Uint8Array> {
  const bytes = fromHex(text.replace(/\s+/g, ''))
  return bytes === undefined || bytes.length === 0
    ? failure(`${what}: expected hex digits, two a byte`)
    : success(bytes)
}

/** A meter's own key; undefined for `NO_KEY`. The error does not show it. */
export function meterKeyOf(text: string): Result<Uint8Array | undefined> {
  if (text === NO_KEY) return success(undefined)
  const key = keyOf(text)
  return key === undefined ? failure(`the key is not 32 hex digits and not ${NO_KEY}`) : success(key)
}

/** The 16 bytes of a master key. The error does not show it. */
export function masterKeyOf(text: string): Result<Uint8Array> {
  const key = keyOf(text)
  return key === undefined ? failure('the key is not 32 hex digits') : success(key)
}

/** The number of a radio meter as `meterIdOf` gives it. */
export function meterNumberOf(text: string): Result<number> {
  const id = parseMeterId(text)
  return id === undefined ? failure(`id: expected 8 digits, got "${text}"`) : success(id)
}

/** A header as a setting may end with `?`, which says that somebody solved it: a person sees what comes of it. */
export function headerOf(text: string): Result<KnownHeader> {
  const hex = text.replace(/\?$/, '')
  const bytes = fromHex(hex)
  return bytes === undefined || bytes.length === 0 || !isHeader(bytes)
    ? failure(`--header: expected the DIF and VIF bytes of records in hex, got "${shown(text)}"`)
    : success(knownHeader(hex))
}

/** A wrong text, for an error. */
export function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text
}

function keyOf(text: string): Uint8Array | undefined {
  return text.length === 32 ? fromHex(text) : undefined
}
