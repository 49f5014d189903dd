import Listener from 'embedded:io/socket/listener'
import TCP from 'embedded:io/socket/tcp'
import type { Connection, ConnectionEvents, ListenPort } from '../ports/listener.js'
import { HeldSocket, type SdkSocket } from './held-socket.js'

/** The SDK's listener as its code is. */
interface Listening {
  read(): SdkSocket | undefined
  close(): void
}
const Sockets = TCP as unknown as new (options: {
  from: SdkSocket
  nodelay: boolean
  onReadable(): void
  onWritable(count: number): void
  onError(): void
}) => SdkSocket
const Listeners = Listener as unknown as new (options: {
  port: number
  onReadable(this: Listening, count: number): void
}) => Listening

/** Listens on every interface of the device. Callers filter peers (`HttpServerOptions.accepts`). */
export const deviceListener: ListenPort = Object.freeze({
  listen(port: number, onConnection: Parameters<ListenPort['listen']>[1]) {
    // A closed listener throws when it is read.
    let isOpen = true
    const listening = new Listeners({
      port,
      onReadable(count) {
        for (let i = 0; i < count && isOpen; i++) accept(this.read(), onConnection)
      },
    })
    return {
      close() {
        isOpen = false
        listening.close()
      },
    }
  },
})

function accept(socket: SdkSocket | undefined, onConnection: (connection: Connection) => ConnectionEvents): void {
  if (socket === undefined) return
  let connection: DeviceConnection
  try {
    connection = new DeviceConnection(socket)
  } catch {
    // The peer is gone already (tcp.c:141).
    return socket.close()
  }
  connection.events = onConnection(connection)
}

class DeviceConnection implements Connection {
  readonly address: string
  events: ConnectionEvents | undefined
  #socket = new HeldSocket()

  constructor(accepted: SdkSocket) {
    const socket = new Sockets({
      from: accepted,
      nodelay: true,
      onReadable: () => {
        const bytes = this.#socket.read()
        if (bytes !== undefined) this.events?.onData(bytes)
      },
      onWritable: (count) => {
        this.#socket.onWritable(count)
        if (this.#socket.isOpen) this.events?.onWritable()
      },
      onError: () => {
        if (!this.#socket.isOpen) return
        this.close()
        this.events?.onClosed()
      },
    })
    this.#socket.hold(socket)
    this.address = socket.remoteAddress
  }

  write(bytes: Uint8Array): number {
    return this.#socket.write(bytes)
  }

  close(): void {
    this.#socket.close()
  }
}
