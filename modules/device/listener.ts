import Listener from 'embedded:io/socket/listener'
import TCP from 'embedded:io/socket/tcp'
import type { Connection, ConnectionEvents, ListenPort } from '../ports/listener.js'

/** The parts of the SDK's classes that its typings leave out or have otherwise. */
interface Socket {
  readonly remoteAddress: string
  read(): ArrayBuffer | undefined
  /** Bytes there is room for now. */
  write(bytes: Uint8Array): number
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

/** Listens on every interface of the device; who may be answered is for the other side to say. */
export const deviceListener: ListenPort = Object.freeze({
  listen(port: number, onConnection: Parameters<ListenPort['listen']>[1]) {
    return new Listeners({
      port,
      onReadable(count) {
        for (let i = 0; i < count; i++) {
          const socket = this.read()
          if (socket !== undefined) new DeviceConnection(socket, onConnection)
        }
      },
    })
  },
})

class DeviceConnection implements Connection {
  readonly address: string
  #socket: Socket | undefined
  #room = 0

  constructor(accepted: Socket, onConnection: (connection: Connection) => ConnectionEvents) {
    const socket = new Sockets({
      from: accepted,
      nodelay: true,
      onReadable: () => {
        const bytes = this.#socket?.read()
        if (bytes !== undefined) events.onData(new Uint8Array(bytes))
      },
      onWritable: (count) => {
        this.#room = count
        if (this.#socket !== undefined) events.onWritable()
      },
      onError: () => {
        if (this.#socket === undefined) return
        this.close()
        events.onClosed()
      },
    })
    this.#socket = socket
    this.address = socket.remoteAddress
    const events = onConnection(this)
  }

  write(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.#room)
    if (this.#socket === undefined || count === 0) return 0
    try {
      this.#room = this.#socket.write(count === bytes.length ? bytes : bytes.subarray(0, count))
      return count
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
