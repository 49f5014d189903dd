import { isDigits, span } from '../codec/characters.js'
import { decodeUtf8 } from '../codec/utf8.js'

/** A request of HTTP/1.0 or 1.1. A header that the client did not send is empty. */
export interface HttpRequest {
  readonly method: string
  /** The path without the query, not decoded. */
  readonly path: string
  readonly query: string
  readonly host: string
  readonly origin: string
  readonly referer: string
  /** Sec-Fetch-Site */
  readonly site: string
  readonly contentType: string
  readonly acceptLanguage: string
  /** The language in our own cookie. */
  readonly chosenLanguage: string
  readonly body: Uint8Array
}

/** The status that refuses a request. */
export type RequestError = 400 | 411 | 413 | 414 | 431 | 501

/** Bytes that the parser keeps of a line. It drops the rest of a longer header and refuses a longer request line. */
const MAX_LINE = 512
/** Generous, because phones send other sites' cookies here: our DNS answers every name with our address. */
const MAX_HEADER = 8192
/** The longest form, with every letter escaped, is 800 bytes. */
export const MAX_BODY = 1024

/** Lines of a header. The limit keeps many short lines from holding up everything else. */
const MAX_LINES = 64

const LF = 10
const CR = 13
const COLON = 0x3a

/** The headers that the portal reads, and the letters of the longest name. */
const FIELDS: ReadonlyMap<string, keyof HttpRequest | 'length' | 'encoding'> = new Map([
  ['host', 'host'],
  ['origin', 'origin'],
  ['referer', 'referer'],
  ['sec-fetch-site', 'site'],
  ['content-type', 'contentType'],
  ['accept-language', 'acceptLanguage'],
  ['cookie', 'chosenLanguage'],
  ['content-length', 'length'],
  ['transfer-encoding', 'encoding'],
])
const LONGEST_NAME = 17

const LONGEST_METHOD = 16
/** Digits of the longest length that is worth reading. */
const LONGEST_LENGTH = 9

const COOKIE = 'lang='
const PROXY = 'http://'

/** Parses one request from pieces of any size. It keeps only one line, the fields and the body. */
export class RequestParser {
  #line: Uint8Array | undefined = new Uint8Array(MAX_LINE)
  #lineLength = 0
  #headerLength = 0
  #lines = 0
  #fields: Record<string, string> | undefined
  #body: Uint8Array | undefined
  #bodyLength = 0

  /** Returns the complete request, the status that refuses it, or undefined while more has to come. */
  push(bytes: Uint8Array): HttpRequest | RequestError | undefined {
    let at = 0
    while (this.#body === undefined) {
      if (at === bytes.length) return undefined
      const found = bytes.indexOf(LF, at)
      const end = found < 0 ? bytes.length : found
      const fits = Math.min(end - at, MAX_LINE - this.#lineLength)
      if (fits < end - at && this.#fields === undefined) return 414
      const next = found < 0 ? end : end + 1
      this.#headerLength += next - at
      if (this.#headerLength > MAX_HEADER) return 431
      this.#line!.set(bytes.subarray(at, at + fits), this.#lineLength)
      this.#lineLength += fits
      at = next
      if (found < 0) continue
      if (++this.#lines > MAX_LINES) return 431
      const error = this.#onLine()
      if (error !== undefined) return error
    }
    const room = this.#body.length - this.#bodyLength
    const more = bytes.subarray(at, at + room)
    this.#body.set(more, this.#bodyLength)
    this.#bodyLength += more.length
    if (this.#bodyLength < this.#body.length) return undefined
    return Object.assign(this.#fields as unknown as HttpRequest, { body: this.#body })
  }

  #onLine(): RequestError | undefined {
    const line = this.#line!
    let length = this.#lineLength
    if (length > 0 && line[length - 1] === CR) length--
    this.#lineLength = 0
    if (this.#fields === undefined) {
      // An empty line before the request is allowed (RFC 9112, 2.2).
      return length === 0 ? undefined : this.#onRequestLine(decodeUtf8(line, 0, length))
    }
    if (length === 0) return this.#onHeaderEnd()
    const colon = line.indexOf(COLON)
    if (colon <= 0 || colon >= length) return 400
    // Most headers are not among ours; skip them before decoding.
    const field = colon > LONGEST_NAME ? undefined : FIELDS.get(decodeUtf8(line, 0, colon).toLowerCase())
    if (field === undefined) return undefined
    // Two hosts or two lengths are refused: other software might read the other one.
    if (this.#fields[field] !== '' && (field === 'host' || field === 'length')) return 400
    const value = decodeUtf8(line, colon + 1, length).trim()
    this.#fields[field] = field === 'chosenLanguage' ? languageOf(value) : value
    return undefined
  }

  #onRequestLine(line: string): RequestError | undefined {
    const blank = span(line, 0, 'AZ')
    if (blank === 0 || blank > LONGEST_METHOD || line[blank] !== ' ') return 400
    const end = line.indexOf(' ', blank + 1)
    if (end < 0 || !line.startsWith(' HTTP/1.', end) || !isDigits(line.slice(end + ' HTTP/1.'.length), 1)) return 400
    const path = withoutHost(line.slice(blank + 1, end))
    const mark = path.indexOf('?')
    this.#fields = {
      method: line.slice(0, blank),
      path: mark < 0 ? path : path.slice(0, mark),
      query: mark < 0 ? '' : path.slice(mark + 1),
      host: '',
      origin: '',
      referer: '',
      site: '',
      contentType: '',
      acceptLanguage: '',
      chosenLanguage: '',
      length: '',
      encoding: '',
    }
    return undefined
  }

  #onHeaderEnd(): RequestError | undefined {
    const { method, length, encoding } = this.#fields!
    if (encoding !== '') return 501
    if (length === '' && method === 'POST') return 411
    if (length !== '' && !isDigits(length!, LONGEST_LENGTH)) return 400
    if (Number(length) > MAX_BODY) return 413
    this.#line = undefined
    this.#body = new Uint8Array(Number(length))
    return undefined
  }
}

/** The language in our cookie, which stands among those of whatever else had this address. */
function languageOf(cookies: string): string {
  for (let at = cookies.indexOf(COOKIE); at >= 0; at = cookies.indexOf(COOKIE, at + 1)) {
    const start = at + COOKIE.length
    const isName = at === 0 || cookies[at - 1] === ';' || cookies[at - 1] === ' '
    if (!isName || span(cookies, start, 'az') !== 2) continue
    if (start + 2 === cookies.length || cookies[start + 2] === ';') return cookies.slice(start, start + 2)
  }
  return ''
}

/** A target without the host that clients of a proxy put into it. */
function withoutHost(target: string): string {
  if (target.slice(0, PROXY.length).toLowerCase() !== PROXY) return target
  let at = PROXY.length
  while (at < target.length && target[at] !== '/' && target[at] !== '?') at++
  return target.slice(at)
}
