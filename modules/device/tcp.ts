import TCP from 'embedded:io/socket/tcp'
import Timer from 'timer'
import type { TcpConnect, TcpConnection, TcpEvents } from '../ports/tcp.js'
import { HeldSocket, type SdkSocket } from './held-socket.js'
import type { Resolver } from './resolver.js'

/** Connects to names of the network's DNS. */
export function tcpConnector(resolver: Resolver): TcpConnect {
  return (host, port, events) => new DeviceTcp(host, port, events, resolver)
}

class DeviceTcp implements TcpConnection {
  #events: TcpEvents | undefined
  #socket = new HeldSocket()

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
    return this.#socket.write(bytes)
  }

  close(): void {
    this.#events = undefined
    this.#socket.close()
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
          const bytes = this.#socket.read()
          if (bytes !== undefined) this.#events?.onData(bytes)
        },
        onWritable: (count) => {
          this.#socket.onWritable(count)
          this.#events?.onWritable()
        },
        onError: () => this.#end('connection lost'),
      })
      this.#socket.hold(tcp as SdkSocket)
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
