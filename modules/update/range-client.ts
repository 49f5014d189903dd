import { encodeUtf8 } from '../codec/utf8.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { TcpConnect, TcpConnection, TcpEvents } from '../ports/tcp.js'
import type { Address } from './address.js'
import { RangeReply } from './range-reply.js'

/** Without a byte for so long, the server is given up. */
const SILENCE = 30_000
/** A range that takes longer is given up. */
const DEADLINE = 180_000

export interface RangeHost {
  /** Bytes of the range, in order. False ends the connection: nothing more is told. */
  onBytes(bytes: Uint8Array): boolean
  /** The range is there. */
  onRange(): void
  /** The range did not come, or not whole. @param status of HTTP, 0 where none came */
  onFault(reason: string, status: number): void
}

/**
 * Asks a web server for one range of a file at a time, over one connection as long as that lasts. It is our own: the
 * SDK's example client keeps a header line as long as the server likes (examples/io/tcp/httpclient/httpclient.js).
 */
export class RangeClient implements TcpEvents {
  #clock: Clock
  #connect: TcpConnect
  #address: Address
  #host: RangeHost
  #connection: TcpConnection | undefined
  /** What of the request is not yet sent. */
  #request: Uint8Array = new Uint8Array(0)
  #reply: RangeReply | undefined
  #silence: Timer | undefined
  #deadline: Timer | undefined

  constructor(clock: Clock, connect: TcpConnect, address: Address, host: RangeHost) {
    this.#clock = clock
    this.#connect = connect
    this.#address = address
    this.#host = host
  }

  /** Asks for the bytes `from` to `to`, both included. Only one range may be under way. */
  get(from: number, to: number): void {
    const { host, port, path } = this.#address
    const name = port === 80 ? host : `${host}:${port}`
    this.#request = encodeUtf8(`GET ${path} HTTP/1.1\r\nHost: ${name}\r\nRange: bytes=${from}-${to}\r\n\r\n`)
    this.#reply = new RangeReply(from, to)
    this.#deadline = this.#clock.set(() => this.#fail('too slow'), DEADLINE)
    this.#wait()
    if (this.#connection === undefined) this.#connection = this.#connect(host, port, this)
    else this.onWritable()
  }

  close(): void {
    this.#stop()
    this.#reply = undefined
    this.#connection?.close()
    this.#connection = undefined
  }

  onWritable(): void {
    const sent = this.#connection?.write(this.#request) ?? 0
    this.#request = this.#request.subarray(sent)
  }

  onData(bytes: Uint8Array): void {
    const reply = this.#reply
    // Nothing was asked for.
    if (reply === undefined) return this.close()
    this.#wait()
    const part = reply.take(bytes)
    if (reply.fault !== undefined) return this.#fail(reply.fault)
    if (part !== undefined && !this.#host.onBytes(part)) return this.close()
    if (!reply.isWhole) return
    this.#stop()
    this.#reply = undefined
    this.#host.onRange()
  }

  onClosed(reason: string): void {
    this.#connection = undefined
    if (this.#reply !== undefined) this.#fail(reason)
  }

  #wait(): void {
    this.#clock.clear(this.#silence)
    this.#silence = this.#clock.set(() => this.#fail('no answer'), SILENCE)
  }

  #stop(): void {
    this.#clock.clear(this.#silence)
    this.#clock.clear(this.#deadline)
  }

  #fail(reason: string): void {
    const status = this.#reply?.status ?? 0
    this.close()
    this.#host.onFault(reason, status)
  }
}
