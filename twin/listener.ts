import { createServer, type Server, type Socket } from 'node:net'
import type { Connection, ConnectionEvents, ListenPort } from '../modules/ports/listener.js'
import { bind, bindNext, portOf } from './bind.js'

/** Bytes that a connection holds and has not sent yet: lwIP's send buffer of the ESP32. */
const SEND_BUFFER = 5744

const LINGER = 1_000

/**
 * A port of this computer that the twin holds until `close`, so that no other program takes it. While the firmware does not
 * listen, it refuses connections.
 */
export class NodeListener implements ListenPort {
  #server: Server
  #onConnection: ((connection: Connection) => ConnectionEvents) | undefined

  private constructor() {
    this.#server = createServer({ highWaterMark: SEND_BUFFER, allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {})
      if (this.#onConnection === undefined) socket.resetAndDestroy()
      else connectTo(socket, this.#onConnection)
    })
    // What is left when everything else has ended.
    this.#server.unref()
  }

  /** Takes this port; rejects when it cannot be had. */
  static async at(port: number): Promise<NodeListener> {
    const listener = new NodeListener()
    await bind(listener.#server, port)
    return listener
  }

  /** Takes this port or the next one that is free; 0 is any. */
  static async from(port: number): Promise<NodeListener> {
    const listener = new NodeListener()
    await bindNext(listener.#server, port)
    return listener
  }

  get port(): number {
    return portOf(this.#server)
  }

  listen(_port: number, onConnection: (connection: Connection) => ConnectionEvents): { close(): void } {
    this.#onConnection = onConnection
    return {
      close: () => {
        // The next boot knows nothing of one that lost its power.
        if (this.#onConnection === onConnection) this.#onConnection = undefined
      },
    }
  }

  /** Gives the port back. */
  close(): void {
    this.#server.close()
  }
}

function connectTo(socket: Socket, onConnection: (connection: Connection) => ConnectionEvents): void {
  let isClosed = false
  const events = onConnection({
    address: socket.remoteAddress ?? '',
    write(bytes) {
      const taken = Math.min(bytes.length, Math.max(0, SEND_BUFFER - socket.writableLength))
      if (taken > 0) socket.write(bytes.slice(0, taken))
      return taken
    },
    close() {
      isClosed = true
      socket.end()
      // A peer that does not close in turn has its time.
      setTimeout(() => socket.destroy(), LINGER).unref()
    },
  })
  socket.on('data', (bytes: Buffer) => !isClosed && events.onData(bytes))
  socket.on('drain', () => !isClosed && events.onWritable())
  socket.on('close', () => {
    if (!isClosed) events.onClosed()
  })
}
