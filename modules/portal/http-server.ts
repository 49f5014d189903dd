import type { Clock, Timer } from '../ports/clock.js'
import type { Connection, ConnectionEvents, ListenPort } from '../ports/listener.js'
import { Html } from './html.js'
import { type HttpRequest, type RequestError, RequestParser } from './http-request.js'
import { Utf8Chunks } from './utf8-chunks.js'

export interface HttpResponse {
  readonly status: number
  /** Complete lines without their end, `Location: /`. */
  readonly headers?: readonly string[]
  /** The body in pieces. Only one of them at a time is in memory. */
  readonly body?: Iterable<Html | string>
}

/** What makes the response in a turn of its own. It is not called when the connection ends before. */
export type LaterResponse = () => HttpResponse

export interface HttpServerOptions {
  readonly clock: Clock
  readonly listener: ListenPort
  readonly port: number
  /** Whether the server serves this peer. It closes the connections of others at once. */
  accepts(address: string): boolean
  respond(request: HttpRequest): HttpResponse | LaterResponse
}

const MAX_CONNECTIONS = 4
const REQUEST_DEADLINE = 10_000
const RESPONSE_DEADLINE = 20_000

const REASONS: Readonly<Record<number, string>> = Object.freeze({
  200: 'OK',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  411: 'Length Required',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
})

/** Serves one request per connection and four connections at most. A fifth evicts one whose request is incomplete. */
export class HttpServer {
  #options: HttpServerOptions
  #listening: { close(): void }
  #exchanges: Exchange[] = []

  constructor(options: HttpServerOptions) {
    this.#options = options
    this.#listening = options.listener.listen(options.port, (connection) => this.#onConnection(connection))
  }

  close(): void {
    this.#listening.close()
    for (const exchange of [...this.#exchanges]) exchange.end()
  }

  #onConnection(connection: Connection): ConnectionEvents {
    const isWelcome = this.#options.accepts(connection.address)
    if (isWelcome && this.#exchanges.length === MAX_CONNECTIONS) this.#exchanges.find((one) => one.isAsking)?.end()
    if (!isWelcome || this.#exchanges.length === MAX_CONNECTIONS) {
      connection.close()
      return NOBODY
    }
    const exchange = new Exchange(connection, this.#options, () => {
      this.#exchanges.splice(this.#exchanges.indexOf(exchange), 1)
    })
    this.#exchanges.push(exchange)
    return exchange
  }
}

/** The events of a connection that the server has refused. */
const NOBODY: ConnectionEvents = Object.freeze({ onData() {}, onWritable() {}, onClosed() {} })

/** One request and its response. Each turn of the event loop writes one chunk. */
class Exchange implements ConnectionEvents {
  #connection: Connection
  #options: HttpServerOptions
  #onEnd: (() => void) | undefined
  #parser: RequestParser | undefined = new RequestParser()
  #request: HttpRequest | RequestError | undefined
  #later: LaterResponse | undefined
  #chunks: Utf8Chunks | undefined
  /** The part of a chunk that the socket has not taken yet. */
  #rest: Uint8Array | undefined
  #deadline: Timer
  #turn: Timer | undefined

  constructor(connection: Connection, options: HttpServerOptions, onEnd: () => void) {
    this.#connection = connection
    this.#options = options
    this.#onEnd = onEnd
    this.#deadline = options.clock.set(() => this.end(), REQUEST_DEADLINE)
  }

  get isAsking(): boolean {
    return this.#parser !== undefined
  }

  onData(bytes: Uint8Array): void {
    // Bytes after the request are ignored.
    this.#request ??= this.#parser?.push(bytes)
    if (this.#request === undefined || this.#parser === undefined) return
    this.#parser = undefined
    const { clock } = this.#options
    clock.clear(this.#deadline)
    this.#deadline = clock.set(() => this.end(), RESPONSE_DEADLINE)
    this.#goOn()
  }

  onWritable(): void {
    if (this.#chunks !== undefined) this.#goOn()
  }

  onClosed(): void {
    const { clock } = this.#options
    clock.clear(this.#deadline)
    clock.clear(this.#turn)
    this.#parser = undefined
    this.#request = undefined
    this.#later = undefined
    this.#chunks = undefined
    this.#rest = undefined
    this.#onEnd?.()
    this.#onEnd = undefined
  }

  end(): void {
    if (this.#onEnd === undefined) return
    this.onClosed()
    this.#connection.close()
  }

  #goOn(): void {
    this.#turn ??= this.#options.clock.set(() => {
      this.#turn = undefined
      if (this.#chunks !== undefined) this.#write(this.#chunks)
      else if (this.#later !== undefined) this.#answer(this.#later())
      else this.#respond()
    }, 0)
  }

  #respond(): void {
    const request = this.#request!
    this.#request = undefined
    if (typeof request === 'number') return this.#answer(refusal(request))
    const response = this.#options.respond(request)
    if (typeof response !== 'function') return this.#answer(response, request.method !== 'HEAD')
    this.#later = response
    this.#goOn()
  }

  #answer(response: HttpResponse, withBody = true): void {
    this.#chunks = new Utf8Chunks(textOf(response, withBody))
    this.#goOn()
  }

  #write(chunks: Utf8Chunks): void {
    const chunk = this.#rest ?? chunks.next()
    if (chunk === undefined) return this.end()
    const taken = this.#connection.write(chunk)
    this.#rest = taken < chunk.length ? chunk.subarray(taken) : undefined
    if (this.#rest === undefined) this.#goOn()
  }
}

function refusal(status: RequestError): HttpResponse {
  return { status, body: [`${status} ${REASONS[status]}\n`] }
}

/** The response ends with the connection, so it needs no length. */
function* textOf({ status, headers = [], body = [] }: HttpResponse, withBody: boolean): Iterator<string> {
  yield `HTTP/1.1 ${status} ${REASONS[status]}\r\nConnection: close\r\nCache-Control: no-store\r\n`
  if (!headers.some((line) => line.startsWith('Content-Type'))) yield 'Content-Type: text/plain; charset=utf-8\r\n'
  for (const line of headers) yield `${line}\r\n`
  yield 'X-Content-Type-Options: nosniff\r\n\r\n'
  if (withBody) for (const part of body) yield part instanceof Html ? part.text : part
}
