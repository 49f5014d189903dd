/// <reference path="../../../globals.d.ts" />
/*
 * MOD/modules/io/socket/lwip/udp.c, udp.js. Datagrams that nobody reads are kept without end (331); one that cannot be
 * sent throws (228), one that is lost does not.
 */

interface Options {
  readonly port?: number
  readonly timeToLive?: number
  readonly format?: string
  readonly target?: unknown
  readonly onReadable?: (this: UDP, count: number) => void
}

export default class UDP {
  #id = 0
  declare target: unknown

  constructor(options: Options) {
    const { onReadable } = options
    if (onReadable !== undefined && onReadable !== null && typeof onReadable !== 'function')
      throw new Error('not a function')
    if (!world('netif.hasDefault')) throw new Error('no network')
    const port = 'port' in options ? Number(options.port) | 0 : 0
    if (port < 0 || port > 65_535) throw new RangeError('invalid port')
    if ('timeToLive' in options) {
      const ttl = Number(options.timeToLive) | 0
      if (ttl <= 0 || ttl > 255) throw new RangeError('invalid timeToLive')
    }
    if ('target' in options) this.target = options.target
    if (options.format !== undefined && options.format !== 'buffer') throw new RangeError('invalid format')
    const id: number = world(
      'udp.new',
      hold(() => {
        const count: number = world('udp.deliver', id)
        if (count > 0) onReadable!.call(this, count)
      }),
      port,
      Number.POSITIVE_INFINITY,
    )
    if (id === 0) throw new Error('bind failed')
    this.#id = id
  }

  close(): void {
    if (this.#id === 0) return
    drop(world('udp.close', this.#id))
    this.#id = 0
  }

  read(): (ArrayBuffer & { port: number; address: string }) | undefined {
    const id = this.#native()
    const bytes = world('udp.read', id)
    if (bytes === undefined) return undefined
    bytes.port = world('udp.port', id)
    bytes.address = world('udp.address', id)
    return bytes
  }

  write(data: ArrayBuffer | ArrayBufferView, address: string, port: number): void {
    const id = this.#native()
    if (!/^\d+\.\d+\.\d+\.\d+$/.test(String(address))) throw new RangeError('invalid IP address')
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
    if (!world('udp.write', id, bytes.slice().buffer as ArrayBuffer, String(address), port & 0xffff))
      throw new Error('UDP send failed')
  }

  get format(): string {
    return 'buffer'
  }

  set format(format: string) {
    if (format !== 'buffer') throw new RangeError()
  }

  #native(): number {
    if (this.#id === 0) throw new SyntaxError('C: xsGetHostData: no host data')
    return this.#id
  }
}
