import TCP from 'embedded:io/socket/tcp'
import Timer from 'timer'
import type { TcpConnect, TcpConnection, TcpEvents } from '../ports/tcp.js'
import type { Resolver } from './resolver.js'

/** The SDK's TCP as its code is; its typings leave out what `read` and `write` return when the connection is gone (tcp.c:308, 388). */
interface Tcp {
  read(): ArrayBuffer | undefined
  /** Bytes there is room for now. */
  write(bytes: Uint8Array): number | undefined
  close(): void
}

/** Connects to names of the network's DNS. */
export function tcpConnector(resolver: Resolver): TcpConnect {
  return (host, port, events) => new DeviceTcp(host, port, events, resolver)
}

class DeviceTcp implements TcpConnection {
  #events: TcpEvents | undefined
  #tcp: Tcp | undefined
  #room = 0

  constructor(host: string, port: number, events: TcpEvents, resolver: Resolver) {
    this.#events = events
    // A turn later: who connects has the connection before it is told anything.
    Timer.set(() => {
      if (this.#events === undefined) return
      try {
        resolver.resolve(host, (address) => this.#onResolved(address, port))
      } catch (error) {
        this.#end(String(error))
      }
    })
  }

  write(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.#room)
    if (this.#tcp === undefined || count === 0) return 0
    try {
      const room = this.#tcp.write(count === bytes.length ? bytes : bytes.subarray(0, count))
      this.#room = room ?? 0
      return room === undefined ? 0 : count
    } catch {
      // The socket has less room than it said; it says again when there is some.
      this.#room = 0
      return 0
    }
  }

  close(): void {
    this.#events = undefined
    this.#tcp?.close()
    this.#tcp = undefined
  }

  #onResolved(address: string | undefined, port: number): void {
    if (this.#events === undefined) return
    if (address === undefined) return this.#end('its name is not found')
    try {
      const tcp: unknown = new TCP({
        address,
        port,
        nodelay: true,
        onReadable: () => {
          const bytes = this.#tcp?.read()
          if (bytes !== undefined) this.#events?.onData(new Uint8Array(bytes))
        },
        onWritable: (count) => {
          this.#room = count
          this.#events?.onWritable()
        },
        onError: () => this.#end('connection lost'),
      })
      this.#tcp = tcp as Tcp
    } catch (error) {
      this.#end(String(error))
    }
  }

  #end(reason: string): void {
    const events = this.#events
    this.close()
    events?.onClosed(reason)
  }
}
