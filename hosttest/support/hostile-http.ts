import { encodeUtf8 } from '../../modules/codec/utf8.js'
import {
  fileAnswer,
  goodAnswer,
  type HttpAnswer,
  type HttpRequest,
  rangeAnswer,
  statusAnswer,
} from '../../twin/simulated-http.js'

type Hostile = (request: HttpRequest) => HttpAnswer

/** What a server can do wrong for a while; a device goes on once it answers as it should. */
export const PASSING_FAULTS: Readonly<Record<string, Hostile>> = {
  'stalls before its answer': () => ({ bytes: new Uint8Array(0), after: 'stall' }),
  'stalls in the header': (request) => cut(request, 20, 'stall'),
  'stalls in the content': (request) => cut(request, -100, 'stall'),
  'resets at once': () => ({ bytes: new Uint8Array(0), after: 'reset' }),
  'resets in the header': (request) => cut(request, 40, 'reset'),
  'resets in the content': (request) => cut(request, -1, 'reset'),
  'closes in the content': (request) => cut(request, -200, 'close'),
  'sends headers for ever': () => ({
    bytes: encodeUtf8(`HTTP/1.1 206 Partial Content\r\n${filler()}`),
    after: 'stall',
  }),
  'repeats a header for ever': () => ({
    bytes: encodeUtf8('X-Filler: for ever and ever\r\n'),
    after: 'again',
    pause: 50,
  }),
  'sends one header line without an end': () => ({ bytes: encodeUtf8('X'.repeat(1000)), after: 'again', pause: 50 }),
  'dribbles a byte in ten seconds': (request) => ({ ...goodAnswer(request), segment: 1, pause: 10_000 }),
  'knows nothing of ranges': ({ file }) => fileAnswer('200 OK', '', file!),
  'sends the part after the one asked for': ({ file, range }) => {
    const [from, to] = range!
    return rangeAnswer(file!.slice(from + 4096, to + 4097), from + 4096, file!.length)
  },
  'says one length in two ways': ({ file, range }) => {
    const [from, to] = range!
    const header = `Content-Range: bytes ${from}-${to}/${file!.length}\r\n`
    return fileAnswer('206 Partial Content', header, file!.slice(from, from + 100))
  },
  'says a length that no number holds': () => ({
    bytes: encodeUtf8('HTTP/1.1 206 Partial Content\r\nContent-Length: 99999999999999999999999\r\n\r\n'),
    after: 'stall',
  }),
  'says nothing of the range': ({ file, range }) => {
    const [from, to] = range!
    return fileAnswer('206 Partial Content', '', file!.slice(from, to + 1))
  },
  'sends half of what was asked for': ({ file, range }) => {
    const [from, to] = range!
    return rangeAnswer(file!.slice(from, from + ((to - from) >> 1)), from, file!.length)
  },
  'has lost the file': () => statusAnswer('404 Not Found'),
  'is overloaded': () => statusAnswer('503 Service Unavailable'),
  'sends the device elsewhere': () => fileAnswer('302 Found', 'Location: http://elsewhere/\r\n', new Uint8Array(0)),
  'sends no HTTP': () => ({ bytes: Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) >> 3), after: 'close' }),
  'speaks chunked': () =>
    fileAnswer('206 Partial Content', 'Transfer-Encoding: chunked\r\n', encodeUtf8('5\r\nhello\r\n0\r\n\r\n')),
}

/** What a server can do wrong to the content, so that the image is another one. */
export const LIES: Readonly<Record<string, Hostile>> = {
  'changes a bit': ({ file, range }) =>
    lie(file!, range!, (part) => {
      part[part.length >> 1]! ^= 1
    }),
  'says that another part is the one asked for': ({ file, range }) =>
    lie(file!, range!, (part) => part.set(file!.slice(0, part.length))),
  'sends zeros': ({ file, range }) => lie(file!, range!, (part) => part.fill(0)),
}

function lie(file: Uint8Array, [from, to]: readonly [number, number], change: (part: Uint8Array) => void): HttpAnswer {
  const part = file.slice(from, to + 1)
  change(part)
  return rangeAnswer(part, from, file.length)
}

/** A good answer that ends after `at` bytes, or so many before its end. */
function cut(request: HttpRequest, at: number, after: HttpAnswer['after']): HttpAnswer {
  return { bytes: goodAnswer(request).bytes.slice(0, at), after }
}

function filler(): string {
  return Array.from({ length: 2000 }, (_, i) => `X-${i}: ${'y'.repeat(60)}\r\n`).join('')
}
