/// <reference path="../../../globals.d.ts" />
import TCP from './tcp.js'

/*
 * MOD/modules/io/socket/lwip/listener.js, tcp.c:629-886. It listens on every interface, and a connection that was reset
 * or closed before read() is still in the queue, although lwIP has freed it (848: no error handler; 828: the end is refused, and
 * lwIP then closes by itself). A message that is on its way
 * when it is closed comes to memory that is free (759, 801).
 */

interface Options {
  readonly port?: number
  readonly format?: string
  readonly onReadable?: (this: Listener, count: number) => void
}

export default class Listener {
  #id = 0
  #port = 0

  constructor(options: Options) {
    if (!world('netif.hasDefault')) throw new Error('no network')
    const port = 'port' in options ? Number(options.port) | 0 : 0
    if (port < 0 || port > 65_535) throw new RangeError('invalid port')
    const { onReadable } = options
    if (onReadable !== undefined && onReadable !== null && typeof onReadable !== 'function')
      throw new Error('not a function')
    if (options.format !== undefined && options.format !== 'socket/tcp') throw new RangeError('unimplemented')
    const id: number | string = world(
      'listener.new',
      hold(() => {
        const count: number = world('listener.deliver', id as number)
        if (count > 0) onReadable?.call(this, count)
      }),
      port,
    )
    if (typeof id === 'string') throw new Error(id)
    this.#id = id
    this.#port = port
  }

  close(): void {
    if (this.#id === 0) return
    drop(world('listener.close', this.#id))
    this.#id = 0
  }

  /** The socket is made even where there is no connection for it, and stays (xs_tcp_constructor, xsRemember). */
  read(): TCP | undefined {
    const tcp = new TCP()
    return world('listener.read', this.#native()) ? tcp : undefined
  }

  get port(): number {
    this.#native()
    return this.#port
  }

  get format(): string {
    return 'socket/tcp'
  }

  set format(format: string) {
    if (format !== 'socket/tcp') throw new RangeError()
  }

  #native(): number {
    if (this.#id === 0) throw new SyntaxError('C: xsGetHostData: no host data')
    return this.#id
  }
}
