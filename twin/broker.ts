import { createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { bindNext, portOf } from './bind.js'
import { bounded } from './packet-bound.js'

/** An MQTT broker within the twin, reachable from this computer only. It ends a connection with a packet beyond 64 kB. */
export class EmbeddedBroker {
  #aedes: Aedes
  #server: Server
  #sockets = new Set<Socket>()

  private constructor(aedes: Aedes) {
    this.#aedes = aedes
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      aedes.handle(bounded(socket))
    })
  }

  /** Listens on 127.0.0.1 at `port`, or the next one that is free; 0 is any. */
  static async listen(port: number): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(await Aedes.createBroker())
    await bindNext(broker.#server, port)
    return broker
  }

  get port(): number {
    return portOf(this.#server)
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
    await new Promise<void>((resolve) => this.#aedes.close(resolve))
  }
}
