import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import type { Connection, ConnectionEvents, ListenPort } from '../../modules/ports/listener.js'
import type { PageRequest, PageResponse } from './protocol.js'

/** The device in its own network. */
export const HOST = '192.168.4.1'
const PHONE = '192.168.4.2'
/** The addresses of that network begin with this. */
export const CLIENTS = '192.168.4.'

type Answered = (response: PageResponse | undefined) => void

/** The set-up network with one phone in it, whose browser asks for pages. */
export class PhoneNetwork implements ListenPort {
  #onConnection: ((connection: Connection) => ConnectionEvents) | undefined
  #open = new Set<Exchange>()

  /** Whether a request waits for its answer. */
  get isWaiting(): boolean {
    return this.#open.size > 0
  }

  listen(_port: number, onConnection: (connection: Connection) => ConnectionEvents): { close(): void } {
    this.#onConnection = onConnection
    return {
      close: () => {
        if (this.#onConnection === onConnection) this.#onConnection = undefined
      },
    }
  }

  /** Sends a request. `onAnswer` gets the answer once, and undefined where nobody is there or the device goes. */
  ask(request: PageRequest, onAnswer: Answered): void {
    if (this.#onConnection === undefined) return onAnswer(undefined)
    const exchange = new Exchange((response) => {
      this.#open.delete(exchange)
      onAnswer(response)
    })
    this.#open.add(exchange)
    this.#onConnection(exchange).onData(encodeUtf8(requestText(request)))
  }

  /** The device has lost its power. */
  powerOff(): void {
    this.#onConnection = undefined
    this.leave()
  }

  /** The phone has left the network. */
  leave(): void {
    for (const exchange of [...this.#open]) exchange.fail()
  }
}

class Exchange implements Connection {
  readonly address = PHONE
  #parts: Uint8Array[] = []
  #onAnswer: Answered | undefined

  constructor(onAnswer: Answered) {
    this.#onAnswer = onAnswer
  }

  write(bytes: Uint8Array): number {
    this.#parts.push(bytes.slice())
    return bytes.length
  }

  close(): void {
    this.#end(responseOf(this.#parts))
  }

  fail(): void {
    this.#end(undefined)
  }

  #end(response: PageResponse | undefined): void {
    const onAnswer = this.#onAnswer
    this.#onAnswer = undefined
    onAnswer?.(response)
  }
}

function requestText({ method, path, body, cookie, language }: PageRequest): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${HOST}`, `Accept-Language: ${language}`]
  if (cookie !== '') lines.push(`Cookie: ${cookie}`)
  if (method === 'POST')
    lines.push(
      `Origin: http://${HOST}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${encodeUtf8(body).length}`,
    )
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

function responseOf(parts: readonly Uint8Array[]): PageResponse | undefined {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  const text = decodeUtf8(bytes)
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  return {
    status: Number(head.split(' ')[1]),
    location: /\r\nlocation: http:\/\/[^/\r]+([^\r]*)/i.exec(head)?.[1] ?? '',
    cookie: /\r\nset-cookie: ([^;\r]+)/i.exec(head)?.[1] ?? '',
    body: text.slice(end + 4),
  }
}
