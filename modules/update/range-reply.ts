import { isDigits, span } from '../codec/characters.js'
import { decodeUtf8 } from '../codec/utf8.js'

const LF = 0x0a
const CR = 0x0d

/** How the headers begin that matter, in lower case. */
const CONTENT = 0x63
const TRANSFER = 0x74
const LOWER = 0x20

/** Bytes that are kept of a header line; a longer one is none that matters here. */
const MOST_LINE = 128
/** Bytes of all header lines. */
const MOST_HEADER = 4096
/** Where the status stands in the first line. */
const STATUS = 'HTTP/1.1 '.length
const UNIT = 'bytes '
/** Digits of a number. */
const MOST_DIGITS = 9

/**
 * The reply of a web server that was asked for one range of a file (RFC 9110, 14.4 and 15.3.7). It may come in pieces of
 * any size and say anything: no more than one line is kept.
 */
export class RangeReply {
  readonly from: number
  readonly to: number
  /** What is wrong with the reply. */
  fault: string | undefined
  /** Its status, once that was read. */
  status = 0
  /** Bytes of the range that came. */
  received = 0
  #line = new Uint8Array(MOST_LINE)
  #lineLength = 0
  #headerLength = 0
  #inHeader = true
  #isRange = false
  #hasLength = false

  /** @param from first byte @param to last byte */
  constructor(from: number, to: number) {
    this.from = from
    this.to = to
  }

  get isWhole(): boolean {
    return !this.#inHeader && this.received === this.to - this.from + 1
  }

  /** Takes what has come. @returns the part of it that belongs to the file; undefined when there is none or at a fault */
  take(bytes: Uint8Array): Uint8Array | undefined {
    let at = 0
    while (this.#inHeader && at < bytes.length && this.fault === undefined) {
      const byte = bytes[at++]!
      if (++this.#headerLength > MOST_HEADER) this.fault = 'an endless header'
      else if (byte === LF) this.#onLine()
      // What does not fit is counted only.
      else this.#line[this.#lineLength++] = byte
    }
    if (this.fault !== undefined || at === bytes.length) return undefined
    const part = at === 0 ? bytes : bytes.subarray(at)
    this.received += part.length
    if (this.received <= this.to - this.from + 1) return part
    this.fault = 'more than was asked for'
    return undefined
  }

  #onLine(): void {
    let length = this.#lineLength
    this.#lineLength = 0
    if (this.#line[length - 1] === CR) length--
    if (length === 0) return this.#onHeaderEnd()
    const first = this.#line[0]! | LOWER
    if (this.status !== 0 && first !== CONTENT && first !== TRANSFER) return
    // A line that was cut is none of those that matter.
    const text = length > MOST_LINE ? '' : decodeUtf8(this.#line, 0, length)
    if (this.status === 0) {
      this.status = statusOf(text)
      if (this.status !== 206) this.fault = this.status === 0 ? 'no HTTP' : `HTTP ${this.status}`
      return
    }
    const header = text.toLowerCase()
    if (header.startsWith('transfer-encoding:')) this.fault = 'an encoding'
    const size = fieldOf(header, 'content-length:')
    if (isDigits(size, MOST_DIGITS)) {
      this.#hasLength = true
      if (Number(size) !== this.to - this.from + 1) this.fault = 'another length'
    }
    const range = rangeOf(fieldOf(header, 'content-range:'))
    if (range !== undefined) this.#isRange = range.from === this.from && range.to === this.to
  }

  #onHeaderEnd(): void {
    this.#inHeader = false
    if (!this.#isRange || !this.#hasLength) this.fault ??= 'another range'
  }
}

/** The status in a first line such as `HTTP/1.1 206 Partial Content`; 0 in anything else. */
function statusOf(line: string): number {
  if (!line.startsWith('HTTP/1.0 ') && !line.startsWith('HTTP/1.1 ')) return 0
  const end = STATUS + 3
  if (span(line, STATUS, '09') !== 3 || (line.length > end && line[end] !== ' ')) return 0
  return Number(line.slice(STATUS, end))
}

/** The value of this header, without the blanks around it; empty in another header. */
function fieldOf(header: string, name: string): string {
  if (!header.startsWith(name)) return ''
  let end = header.length
  while (header[end - 1] === ' ') end--
  return header.slice(name.length + span(header, name.length, '  '), end)
}

/** The range of `bytes 512-521/1000`, where the file's length may be `*`; undefined for anything else. */
function rangeOf(value: string): { readonly from: number; readonly to: number } | undefined {
  if (!value.startsWith(UNIT)) return undefined
  const hyphen = value.indexOf('-')
  const slash = value.indexOf('/')
  const from = value.slice(UNIT.length, hyphen)
  const to = value.slice(hyphen + 1, slash)
  const length = value.slice(slash + 1)
  const isRange = isDigits(from, MOST_DIGITS) && isDigits(to, MOST_DIGITS)
  if (!isRange || (length !== '*' && !isDigits(length, MOST_DIGITS))) return undefined
  return { from: Number(from), to: Number(to) }
}
