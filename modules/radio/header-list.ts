import { crc16En13757 } from '../codec/crc16-en13757.js'
import { hexDigits, NIBBLES, toHex } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import { encodeUtf8 } from '../codec/utf8.js'
import { RecordCursor } from '../wmbus/record-cursor.js'
import type { KnownHeader } from '../wmbus/signatures.js'

/** A record header that somebody has entered: nobody sees it in a telegram, so it was told or worked out. */
export interface RadioHeader extends KnownHeader {
  /** Its text ends with `?`: it may be wrong, so nothing that is read with it is believed. */
  readonly isGuess: boolean
}

/** The most entered headers of one device, and the most bytes of one. */
const MAX_HEADERS = 8
const MAX_HEADER_BYTES = 128
/** The most characters of the whole list: one command and one form carry it. */
export const MAX_HEADERS_TEXT = 300

const GUESS = '?'
const BLANK = 0x20
const COMMA = 0x2c
const QUESTION_MARK = 0x3f

/** Reads the text `HEX,HEX?`; an empty text has no headers. Errors name the place. */
export function parseHeaders(text: string): Result<readonly RadioHeader[]> {
  if (text.trim() === '') return success([])
  if (text.length > MAX_HEADERS_TEXT)
    return failure(`expected at most ${MAX_HEADERS_TEXT} characters, got ${text.length}`)
  const parser = new ListParser(text.toLowerCase())
  const headers: RadioHeader[] = []
  for (let header = parser.next(); header !== undefined; header = parser.next()) {
    const place = headers.length + 1
    if (typeof header === 'string') return failure(`header ${place}: ${header}`)
    for (let i = 0; i < headers.length; i++)
      if (headers[i]!.signature === header.signature)
        return failure(`a header with the signature ${signatureText(header.signature)} is there twice`)
    if (place > MAX_HEADERS) return failure(`at most ${MAX_HEADERS} headers`)
    headers.push(header)
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

/**
 * Takes a list apart. It looks at bytes, because XS makes 32 bytes of garbage for each look at a character, and all headers
 * share its buffer.
 */
class ListParser {
  #list: string
  #codes: Uint8Array
  #at = 0
  #cursor = new RecordCursor(new Uint8Array(MAX_HEADERS_TEXT / 2), 0)

  constructor(list: string) {
    this.#list = list
    this.#codes = encodeUtf8(list)
  }

  /** The next header, or what is wrong with it; undefined at the end of the list. */
  next(): RadioHeader | string | undefined {
    const codes = this.#codes
    if (this.#at > codes.length) return undefined
    const comma = codes.indexOf(COMMA, this.#at)
    let start = this.#at
    let end = comma < 0 ? codes.length : comma
    this.#at = end + 1
    while (start < end && codes[start] === BLANK) start++
    while (end > start && codes[end - 1] === BLANK) end--
    const isGuess = codes[end - 1] === QUESTION_MARK
    if (isGuess) end--
    if (end - start > 2 * MAX_HEADER_BYTES)
      return `expected at most ${MAX_HEADER_BYTES} bytes, got ${end - start} characters`
    if (end <= start || !this.#read(start, end)) return 'expected pairs of hex digits, and ? behind those of a guess'
    const { bytes } = this.#cursor
    const length = (end - start) >> 1
    const problem = this.#problem(length)
    if (problem !== undefined) return problem
    return Object.freeze({ signature: crc16En13757(bytes, 0, length), hex: this.#list.slice(start, end), isGuess })
  }

  /** Reads hex digits into the buffer. Returns whether they are such in pairs. */
  #read(start: number, end: number): boolean {
    const codes = this.#codes
    const { bytes } = this.#cursor
    if ((end - start) % 2 !== 0) return false
    const nibbles = NIBBLES
    for (let i = start, to = 0; i < end; i += 2) {
      const value = (nibbles[codes[i]!]! << 4) | nibbles[codes[i + 1]!]!
      if (value < 0) return false
      bytes[to++] = value
    }
    return true
  }

  /** What is wrong with the record headers in the buffer. */
  #problem(length: number): string | undefined {
    const cursor = this.#cursor
    cursor.value = 0
    while (cursor.value < length) {
      cursor.nextHeader()
      if (cursor.value > length) return 'it does not end with a whole record header'
      if (cursor.size < 0) return `record ${toHex(cursor.bytes, cursor.header, cursor.value)} has no fixed length`
    }
    return undefined
  }
}
