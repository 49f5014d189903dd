import { decodeUtf8, encodeUtf8 } from '../modules/codec/utf8.js'
import type { Clock } from '../modules/ports/clock.js'
import type { TcpConnect, TcpConnection, TcpEvents } from '../modules/ports/tcp.js'

/** Most bytes that arrive at once. */
const SEGMENT = 1460

const MOST_HEADERS = 4096

export interface HttpRequest {
  readonly path: string
  /** First and last byte that are asked for; the whole file without it. */
  readonly range: readonly [from: number, to: number] | undefined
  /** Number of the request, from 1. */
  readonly number: number
  /** What it asks for; undefined when there is no such file. */
  readonly file: Uint8Array | undefined
}

export interface HttpAnswer {
  /** Header and content. */
  readonly bytes: Uint8Array
  /** What comes after: the next request, the end, a reset, nothing any more, or the same bytes for ever. */
  readonly after: 'next' | 'close' | 'reset' | 'stall' | 'again'
  /** Milliseconds before each segment. */
  readonly pause?: number
  /** Bytes in a segment. */
  readonly segment?: number
}

/** A server of files over HTTP with ranges, on a network under the virtual clock that can fail in every way. */
export class SimulatedHttp {
  readonly files = new Map<string, Uint8Array>()
  /** Connections that were opened, and requests that arrived. */
  connections = 0
  requests = 0
  /** Bytes that went to clients. */
  sent = 0
  /** Whether it takes connections. Without this it refuses them at once. */
  reachable = true
  /** Whether the network passes anything. Without this it swallows everything and tells nobody. */
  passing = true
  /** The network breaks instead of passing the byte with this number, as `sent` counts. */
  breakAt = Number.POSITIVE_INFINITY
  /** Whether the network breaks instead of passing the next segment. */
  loses: () => boolean = () => false
  /** Answers a request; without it the server is a good one. */
  answer: (request: HttpRequest) => HttpAnswer = goodAnswer
  #clock: Clock
  #roundTrip: number
  #open = new Set<Connection>()

  /** @param roundTrip milliseconds */
  constructor(clock: Clock, roundTrip = 20) {
    this.#clock = clock
    this.#roundTrip = roundTrip
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#open.size
  }

  readonly connect: TcpConnect = (_host, _port, events) => {
    this.connections++
    const connection = new Connection(this, events)
    this.#open.add(connection)
    return connection
  }

  /** @internal half a round trip, and a pause */
  travel(arrive: () => void, pause = 0): void {
    this.#clock.set(arrive, this.#roundTrip / 2 + pause)
  }

  /** @internal */
  ended(connection: Connection): void {
    this.#open.delete(connection)
  }
}

class Connection implements TcpConnection {
  #server: SimulatedHttp
  #events: TcpEvents | undefined
  #isThere = false
  #received = ''

  constructor(server: SimulatedHttp, events: TcpEvents) {
    this.#server = server
    this.#events = events
    server.travel(() => {
      if (!server.passing) return
      if (!server.reachable) return this.#end('refused')
      this.#isThere = true
      this.#events?.onWritable()
    })
  }

  write(bytes: Uint8Array): number {
    if (!this.#isThere || this.#events === undefined) return 0
    const text = decodeUtf8(bytes)
    this.#server.travel(() => this.#arrive(text))
    return bytes.length
  }

  close(): void {
    this.#events = undefined
    this.#server.ended(this)
  }

  #end(reason: string): void {
    const events = this.#events
    this.close()
    events?.onClosed(reason)
  }

  #arrive(text: string): void {
    if (this.#events === undefined || !this.#server.passing) return
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) {
      if (this.#received.length > MOST_HEADERS) this.#end('reset')
      return
    }
    const request = this.#parse(this.#received.slice(0, end))
    this.#received = this.#received.slice(end + 4)
    if (request === undefined) return this.#send(statusAnswer('400 Bad Request'), 0)
    this.#send(this.#server.answer(request), 0)
  }

  #parse(header: string): HttpRequest | undefined {
    const [, path] = /^GET (\/\S*) HTTP\/1\.1\r\n/.exec(header) ?? []
    if (path === undefined || !/\r\nhost: \S+/i.test(header)) return undefined
    const [, from, to] = /\r\nrange: bytes=(\d+)-(\d+)/i.exec(header) ?? []
    const range = from === undefined ? undefined : ([Number(from), Number(to)] as const)
    const file = this.#server.files.get(path)
    return { path, range, number: ++this.#server.requests, file }
  }

  #send(answer: HttpAnswer, at: number): void {
    const { bytes, after, pause = 0, segment = SEGMENT } = answer
    if (at >= bytes.length) return this.#finish(answer)
    this.#server.travel(() => {
      const server = this.#server
      if (this.#events === undefined || !server.passing) return
      const part = bytes.slice(at, at + segment)
      const passed = Math.min(part.length, server.breakAt - server.sent)
      if (server.loses() || passed < part.length) {
        if (passed > 0 && passed < part.length) this.#events.onData(part.subarray(0, passed))
        server.sent += Math.max(0, passed)
        server.breakAt = Number.POSITIVE_INFINITY
        return this.#end('connection reset')
      }
      server.sent += part.length
      this.#events.onData(part)
      const next = at + part.length
      this.#send(answer, after === 'again' && next >= bytes.length ? 0 : next)
    }, pause)
  }

  #finish({ after }: HttpAnswer): void {
    if (after === 'close') return this.#server.travel(() => this.#end('closed'))
    if (after === 'reset') return this.#server.travel(() => this.#end('connection reset'))
    if (after === 'next' && this.#received !== '') this.#arrive('')
  }
}

/** What a good server answers. */
export function goodAnswer({ file, range }: HttpRequest): HttpAnswer {
  if (file === undefined) return statusAnswer('404 Not Found')
  if (range === undefined) return fileAnswer('200 OK', '', file)
  const [from, to] = [range[0], Math.min(range[1], file.length - 1)]
  if (from > to) return statusAnswer('416 Range Not Satisfiable')
  return rangeAnswer(file.slice(from, to + 1), from, file.length)
}

/** The part of a file that begins with byte `from`. */
export function rangeAnswer(part: Uint8Array, from: number, total: number): HttpAnswer {
  const range = `Content-Range: bytes ${from}-${from + part.length - 1}/${total}\r\n`
  return fileAnswer('206 Partial Content', range, part)
}

export function fileAnswer(status: string, headers: string, content: Uint8Array): HttpAnswer {
  const header = `HTTP/1.1 ${status}\r\nContent-Type: application/octet-stream\r\n${headers}Content-Length: ${content.length}\r\n\r\n`
  return { bytes: joined(encodeUtf8(header), content), after: 'next' }
}

export function statusAnswer(status: string): HttpAnswer {
  return fileAnswer(status, '', new Uint8Array(0))
}

export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
