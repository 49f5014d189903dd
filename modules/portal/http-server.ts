import type { Clock, Timer } from '../ports/clock.js'
import type { Connection, ConnectionEvents, ListenPort } from '../ports/listener.js'
import { Html } from './html.js'
import { type HttpRequest, type RequestError, RequestParser } from './http-request.js'
import { Pieces } from './pieces.js'

export interface HttpResponse {
  readonly status: number
  /** Lines as they go out, `Location: /`. */
  readonly headers?: readonly string[]
  /** In pieces, of which only one at a time is in memory. */
  readonly body?: Iterable<Html | string>
}

export interface HttpServerOptions {
  readonly clock: Clock
  readonly listener: ListenPort
  readonly port: number
  /** Whether the peer is one to talk to; others are hung up on. */
  accepts(address: string): boolean
  respond(request: HttpRequest): HttpResponse
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

/** Serves one request a connection. Never more than four: who has not finished asking makes room for who comes next. */
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

/** Who was hung up on is not listened to. */
const NOBODY: ConnectionEvents = Object.freeze({ onData() {}, onWritable() {}, onClosed() {} })

/** One request and its response, of which one piece goes out in each turn of the event loop. */
class Exchange implements ConnectionEvents {
  #connection: Connection
  #options: HttpServerOptions
  #onEnd: (() => void) | undefined
  #parser: RequestParser | undefined = new RequestParser()
  #request: HttpRequest | RequestError | undefined
  #pieces: Pieces | undefined
  /** What of a piece is still to be written. */
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
    // What comes after the request is passed over.
    this.#request ??= this.#parser?.push(bytes)
    if (this.#request === undefined || this.#parser === undefined) return
    this.#parser = undefined
    const { clock } = this.#options
    clock.clear(this.#deadline)
    this.#deadline = clock.set(() => this.end(), RESPONSE_DEADLINE)
    this.#goOn()
  }

  onWritable(): void {
    if (this.#pieces !== undefined) this.#goOn()
  }

  onClosed(): void {
    const { clock } = this.#options
    clock.clear(this.#deadline)
    clock.clear(this.#turn)
    this.#parser = undefined
    this.#request = undefined
    this.#pieces = undefined
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
      if (this.#pieces === undefined) this.#respond()
      else this.#write(this.#pieces)
    }, 0)
  }

  #respond(): void {
    const request = this.#request!
    this.#request = undefined
    const isRefused = typeof request === 'number'
    const response = isRefused ? refusal(request) : this.#options.respond(request)
    this.#pieces = new Pieces(textOf(response, isRefused || request.method !== 'HEAD'))
    this.#goOn()
  }

  #write(pieces: Pieces): void {
    const piece = this.#rest ?? pieces.next()
    if (piece === undefined) return this.end()
    const taken = this.#connection.write(piece)
    this.#rest = taken < piece.length ? piece.subarray(taken) : undefined
    if (this.#rest === undefined) this.#goOn()
  }
}

function refusal(status: RequestError): HttpResponse {
  return { status, body: [`${status} ${REASONS[status]}\n`] }
}

/** Its end is the end of the connection, so nobody counts the bytes before. */
function* textOf({ status, headers = [], body = [] }: HttpResponse, withBody: boolean): Iterator<string> {
  yield `HTTP/1.1 ${status} ${REASONS[status]}\r\nConnection: close\r\nCache-Control: no-store\r\n`
  if (!headers.some((line) => line.startsWith('Content-Type'))) yield 'Content-Type: text/plain; charset=utf-8\r\n'
  for (const line of headers) yield `${line}\r\n`
  yield 'X-Content-Type-Options: nosniff\r\n\r\n'
  if (withBody) for (const part of body) yield part instanceof Html ? part.text : part
}
