/// <reference path="../../../globals.d.ts" />
/*
 * MOD/modules/io/socket/lwip/tcp.c, tcp.js. What is unpleasant:
 * - without a network the constructor throws (110), without a way to the address it never tells anything (232, the
 *   result of tcp_connect_safe is no result)
 * - `from` whose peer is gone: "invalid from" (141); remoteAddress of one that is gone reads address 0 (420)
 * - read() of nothing is undefined (308), read(n) of more than there is throws (332)
 * - write() before the connection throws (386), with an error it is undefined (388), what does not fit throws (400)
 * - a write that finds lwIP's queue full, 23 segments however short, is undefined and ends the connection (402), though
 *   there is room
 * - a connection that lwIP has freed may still be closed, read and written (270, 544): a fault of the world's
 * - an error is told after everything was read (507), and close() within a callback ends that turn's other callbacks
 */

type Callback = ((this: TCP, count?: number) => void) | null | undefined

interface Options {
  readonly format?: string
  readonly target?: unknown
  readonly nodelay?: boolean
  readonly from?: TCP
  readonly address?: string
  readonly port?: number
  readonly onReadable?: Callback
  readonly onWritable?: Callback
  readonly onError?: Callback
}

const WRITABLE = 1
const READABLE = 2
const ERROR = 4

export default class TCP {
  /** Of the native record; 0 once it is closed. */
  #id = 0
  #format = 'buffer'
  declare target: unknown

  constructor(...values: readonly (Options | undefined)[]) {
    if (values.length === 0) {
      // A socket for Listener.read.
      this.#open(undefined, undefined, undefined)
      return
    }
    const options = values[0]!
    if (!world('netif.hasDefault')) throw new Error('no network')
    const format = 'format' in options && options.format ? String(options.format) : 'buffer'
    if (format !== 'number' && format !== 'buffer') throw new RangeError('unimplemented')
    const onReadable = callbackOf(options.onReadable)
    const onWritable = callbackOf(options.onWritable)
    const onError = callbackOf(options.onError)
    const triggerable = (onWritable ? WRITABLE : 0) | (onReadable ? READABLE : 0) | (onError ? ERROR : 0)
    if ('from' in options) {
      const from = options.from!
      const fromId = from.#native()
      if (!world('tcp.canTake', fromId)) throw new Error('invalid from')
      this.#open(onReadable, onWritable, onError)
      this.#format = format
      from.#id = 0
      if ('target' in options) this.target = options.target
      forget(world('tcp.take', this.#id, fromId, triggerable))
      return
    }
    const address = String(options.address)
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(address)) throw new Error('invalid address')
    if (options.port === undefined) throw new Error('invalid')
    const port = options.port | 0
    if (port < 0 || port > 65_535) throw new RangeError('invalid port')
    if (!world('tcp.hasRoom')) throw new RangeError('no socket')
    this.#open(onReadable, onWritable, onError)
    this.#format = format
    if ('target' in options) this.target = options.target
    world('tcp.connect', this.#id, address, port, triggerable)
  }

  close(): void {
    if (this.#id === 0) return
    const id = this.#id
    this.#id = 0
    forget(world('tcp.close', id))
  }

  read(into?: number | ArrayBuffer | ArrayBufferView): number | ArrayBuffer | ArrayBufferView | undefined {
    const id = this.#native()
    const available: number = world('tcp.available', id)
    if (available === 0) return undefined
    if (this.#format === 'number') return new Uint8Array(world('tcp.read', id, 1))[0]
    const target = typeof into === 'object' && into !== null ? into : undefined
    const requested = target?.byteLength ?? (into === undefined ? available : (into as number) | 0)
    if (requested <= 0 || requested > available) throw new Error('invalid')
    const bytes: ArrayBuffer = world('tcp.read', id, requested)
    if (target === undefined) return bytes
    bytesOf(target).set(new Uint8Array(bytes))
    return requested
  }

  write(data: number | ArrayBuffer | ArrayBufferView): number | undefined {
    const id = this.#native()
    if (!world('tcp.isReady', id)) throw new Error('not ready')
    const bytes = this.#format === 'number' ? Uint8Array.of(data as number) : bytesOf(data as ArrayBuffer)
    const room: number = world('tcp.write', id, bytes.slice().buffer as ArrayBuffer)
    if (room === -1) throw new Error('would block')
    return room === -2 ? undefined : room
  }

  get remoteAddress(): string {
    return world('tcp.remote', this.#native(), 'address')
  }

  get remotePort(): number {
    return world('tcp.remote', this.#native(), 'port')
  }

  get format(): string {
    this.#native()
    return this.#format
  }

  set format(format: string) {
    this.#native()
    if (format !== 'number' && format !== 'buffer') throw new RangeError('unimplemented')
    this.#format = format
  }

  #native(): number {
    if (this.#id === 0) throw new SyntaxError('C: xsGetHostData: no host data')
    return this.#id
  }

  // tcpDeliver
  #open(onReadable: Callback, onWritable: Callback, onError: Callback): void {
    const id: number = world(
      'tcp.new',
      hold(() => {
        const triggered: number = world('tcp.deliver', id)
        if (triggered & state(id).triggerable & READABLE && state(id).hasBuffers)
          onReadable!.call(this, world('tcp.available', id))
        const { error, hasBuffers, hasPcb, triggerable } = state(id)
        if (!error) {
          if (triggered & triggerable & WRITABLE && hasPcb) onWritable!.call(this, world('tcp.room', id))
        } else if (!hasBuffers && triggerable & ERROR) onError!.call(this)
        forget(world('tcp.release', id))
      }),
    )
    this.#id = id
  }
}

/** A callback that the native side has let go of. */
function forget(handle: number | undefined): void {
  if (handle !== undefined) drop(handle)
}

function state(id: number) {
  const bits: number = world('tcp.state', id)
  return { error: (bits & 1) !== 0, hasBuffers: (bits & 2) !== 0, hasPcb: (bits & 4) !== 0, triggerable: bits >> 3 }
}

function callbackOf(callback: Callback): Callback {
  if (callback !== undefined && callback !== null && typeof callback !== 'function') throw new Error('not a function')
  return callback
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
