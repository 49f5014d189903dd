import { createServer } from 'node:net'
import type { Connection, ListenPort } from '../modules/ports/listener.js'

/** What a connection holds that is not sent yet: lwIP's send buffer of the ESP32. */
const SEND_BUFFER = 5744

const LINGER = 1_000

/** Listens on this computer only. */
export class NodeListener implements ListenPort {
  #onError: (error: Error) => void

  /** @param onError the port cannot be listened on */
  constructor(onError: (error: Error) => void) {
    this.#onError = onError
  }

  listen(port: number, onConnection: Parameters<ListenPort['listen']>[1]): { close(): void } {
    const server = createServer({ highWaterMark: SEND_BUFFER, allowHalfOpen: true }, (socket) => {
      let isClosed = false
      const connection: Connection = {
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
      }
      const events = onConnection(connection)
      socket.on('data', (bytes: Buffer) => !isClosed && events.onData(bytes))
      socket.on('drain', () => !isClosed && events.onWritable())
      socket.on('error', () => {})
      socket.on('close', () => {
        if (!isClosed) events.onClosed()
      })
    })
    server.on('error', this.#onError)
    server.listen(port, '127.0.0.1')
    return { close: () => server.close() }
  }
}

/** `port`, or the next one on which this computer does not listen yet. */
export async function freePort(port: number): Promise<number> {
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
  return isFree || port === 65_535 ? port : freePort(port + 1)
}
