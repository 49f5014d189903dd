import { createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'

/** An MQTT broker within the twin, reachable from this computer only. */
export class EmbeddedBroker {
  #aedes: Aedes
  #server: Server
  #sockets = new Set<Socket>()

  private constructor(aedes: Aedes) {
    this.#aedes = aedes
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      aedes.handle(socket)
    })
  }

  /** Listens on 127.0.0.1 at `port`, or the next one that is free. */
  static async listen(port: number): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(await Aedes.createBroker())
    for (let next = port; ; next++) {
      try {
        await broker.#listen(next)
        return broker
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || next >= port + 100) throw error
      }
    }
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
    await new Promise<void>((resolve) => this.#aedes.close(resolve))
  }

  #listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }
}
