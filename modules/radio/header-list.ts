import { fromHex, hexDigits, toHex } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import { RecordCursor } from '../wmbus/record-cursor.js'
import { type KnownHeader, knownHeader } from '../wmbus/signatures.js'

/** A record header that somebody has entered: nobody sees it in a telegram, so it was told or worked out. */
export interface RadioHeader extends KnownHeader {
  /** Its text ends with `?`: it may be wrong, so nothing that is read with it is believed. */
  readonly isGuess: boolean
}

/** The most entered headers of one device, and the most bytes of one. */
const MAX_HEADERS = 8
const MAX_HEADER_BYTES = 128
/** The most characters of the whole list: one command and one form carry it. */
export const MAX_HEADERS_TEXT = 440

const GUESS = '?'

/** Reads the text `HEX,HEX?`; an empty text has no headers. Errors name the place. */
export function parseHeaders(text: string): Result<readonly RadioHeader[]> {
  if (text.trim() === '') return success([])
  if (text.length > MAX_HEADERS_TEXT)
    return failure(`expected at most ${MAX_HEADERS_TEXT} characters, got ${text.length}`)
  const headers: RadioHeader[] = []
  for (const part of text.split(',')) {
    const header = parseHeader(part.trim(), headers.length + 1)
    if (!header.ok) return header
    const { signature } = header.value
    if (headers.some((other) => other.signature === signature))
      return failure(`a header with the signature ${signatureText(signature)} is there twice`)
    headers.push(header.value)
    if (headers.length > MAX_HEADERS) return failure(`at most ${MAX_HEADERS} headers`)
  }
  return success(headers)
}

/** Writes the text that `parseHeaders` reads. */
export function headersText(headers: readonly RadioHeader[]): string {
  return headers.map(({ hex, isGuess }) => (isGuess ? hex + GUESS : hex)).join(',')
}

/**
 * Returns the headers of the image and of the settings. Of two with one signature, that of the image counts, unless it is
 * a guess and the other is none.
 */
export function mergeHeaders(image: readonly RadioHeader[], stored: readonly RadioHeader[]): readonly RadioHeader[] {
  const all = [...image, ...stored]
  return all.filter((header) => {
    const rivals = all.filter(({ signature }) => signature === header.signature)
    return header === (rivals.find(({ isGuess }) => !isGuess) ?? rivals[0])
  })
}

/** A signature as people write it: `61EB`. */
export function signatureText(signature: number): string {
  return hexDigits(signature, 4).toUpperCase()
}

function parseHeader(text: string, place: number): Result<RadioHeader> {
  const isGuess = text.endsWith(GUESS)
  const digits = isGuess ? text.slice(0, -GUESS.length) : text
  const fail = (reason: string) => failure(`header ${place}: ${reason}`)
  if (digits.length > 2 * MAX_HEADER_BYTES)
    return fail(`expected at most ${MAX_HEADER_BYTES} bytes, got ${digits.length} characters`)
  const bytes = digits === '' ? undefined : fromHex(digits)
  if (bytes === undefined) return fail('expected pairs of hex digits, and ? behind those of a guess')
  const cursor = new RecordCursor(bytes, 0)
  while (cursor.value < bytes.length) {
    if (!cursor.nextHeader()) return fail('it does not end with a whole record header')
    if (cursor.size < 0) return fail(`record ${digits.slice(2 * cursor.header, 2 * cursor.value)} has no fixed length`)
  }
  return success(Object.freeze({ ...knownHeader(toHex(bytes)), isGuess }))
}
