import Listener from 'embedded:io/socket/listener'
import TCP from 'embedded:io/socket/tcp'
import type { Connection, ConnectionEvents, ListenPort } from '../ports/listener.js'

/** The SDK's classes as their code is: their typings leave out `close`, and what is undefined where. */
interface Socket {
  readonly remoteAddress: string
  read(): ArrayBuffer | undefined
  /** Bytes there is room for now; undefined when the connection is gone (tcp.c:388, 405). */
  write(bytes: Uint8Array): number | undefined
  close(): void
}
interface Listening {
  read(): Socket | undefined
  close(): void
}
const Sockets = TCP as unknown as new (options: {
  from: Socket
  nodelay: boolean
  onReadable(): void
  onWritable(count: number): void
  onError(): void
}) => Socket
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

function accept(socket: Socket | undefined, onConnection: (connection: Connection) => ConnectionEvents): void {
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
  #socket: Socket | undefined
  #room = 0

  constructor(accepted: Socket) {
    const socket = new Sockets({
      from: accepted,
      nodelay: true,
      onReadable: () => {
        const bytes = this.#socket?.read()
        if (bytes !== undefined) this.events?.onData(new Uint8Array(bytes))
      },
      onWritable: (count) => {
        this.#room = count
        if (this.#socket !== undefined) this.events?.onWritable()
      },
      onError: () => {
        if (this.#socket === undefined) return
        this.close()
        this.events?.onClosed()
      },
    })
    this.#socket = socket
    this.address = socket.remoteAddress
  }

  write(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.#room)
    if (this.#socket === undefined || count === 0) return 0
    try {
      const room = this.#socket.write(count === bytes.length ? bytes : bytes.subarray(0, count))
      this.#room = room ?? 0
      return room === undefined ? 0 : count
    } catch {
      // The socket has less room than it said; it says again when there is some.
      this.#room = 0
      return 0
    }
  }

  close(): void {
    this.#socket?.close()
    this.#socket = undefined
  }
}
