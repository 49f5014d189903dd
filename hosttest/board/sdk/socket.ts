/// <reference path="./globals.d.ts" />
/*
 * Of MOD/modules/network/socket/lwip/modSocket.c and socket.js what is UDP, which the SDK's SNTP uses. The queue keeps 6
 * datagrams and loses the oldest (1079). The next one is told of when all of the last was read (847, 598).
 */

const MOST = 6

type Reader = typeof Number | typeof ArrayBuffer | typeof String | null

export class Socket {
  static connected = 1
  static readable = 2
  static writable = 3
  static error = -2
  static disconnected = -1

  #id = 0
  #datagram = new Uint8Array(0)
  #at = 0

  constructor(options: { readonly kind: string; readonly port?: number }) {
    if (!world('netif.hasDefault')) throw new Error('no network')
    if (options.kind !== 'UDP') throw new Error('invalid socket kind')
    const id: number = world(
      'udp.new',
      hold(() => this.#deliver(id)),
      options.port ?? 0,
      MOST,
    )
    if (id === 0) throw new Error('socket bind failed')
    this.#id = id
  }

  close(): void {
    if (this.#id === 0) return
    drop(world('udp.close', this.#id))
    this.#id = 0
  }

  read(as?: Reader, limit?: number): number | ArrayBuffer | string {
    const id = this.#native()
    const left = this.#datagram.length - this.#at
    if (as === undefined) return left
    if (left === 0) throw new Error('nothing to read')
    const count = as === Number ? 1 : Math.min(limit ?? left, left)
    const bytes = this.#datagram.slice(this.#at, this.#at + count)
    this.#at += count
    if (count === left) world('udp.tell', id)
    if (as === null) return count
    if (as === Number) return bytes[0]!
    if (as === ArrayBuffer) return bytes.buffer as ArrayBuffer
    if (as === String) return String.fromCharCode(...bytes)
    throw new Error('unsupported output type')
  }

  write(address: string, port: number, data: ArrayBuffer): void {
    const id = this.#native()
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(String(address))) throw new Error('invalid IP address')
    if (!world('udp.write', id, data, address, port & 0xffff)) throw new Error('UDP send failed')
  }

  // socketMsgDataReceived
  #deliver(id: number): void {
    world('udp.deliver', id)
    if (this.#at < this.#datagram.length) return
    const bytes: ArrayBuffer | undefined = world('udp.read', id)
    if (bytes === undefined) return
    this.#datagram = new Uint8Array(bytes)
    this.#at = 0
    const receiver = this as unknown as { callback(message: number, size: number, address: string, port: number): void }
    receiver.callback(Socket.readable, bytes.byteLength, world('udp.address', id), world('udp.port', id))
  }

  #native(): number {
    if (this.#id === 0) throw new SyntaxError('C: xsGetHostData: no host data')
    return this.#id
  }
}

Object.freeze(Socket.prototype)

export default Object.freeze({ Socket })
