import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net'

/**
 * The way to a broker, at an address that stays: whoever calls while it is shut is hung up on. No port is given back, so nobody else
 * can have it when the broker comes back, and a test is at the broker before those who call through the gate.
 */
export class Gate {
  /** Calls that it has not let through. */
  refused = 0
  #server: Server
  #sockets = new Set<Socket>()
  #port: number | undefined

  private constructor() {
    this.#server = createServer((caller) => this.#onCall(caller))
  }

  /** Shut at first. */
  static async make(): Promise<Gate> {
    const gate = new Gate()
    await once(gate.#server.listen(0, '127.0.0.1'), 'listening')
    return gate
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Lets through to whoever listens there. */
  open({ port }: { readonly port: number }): void {
    this.#port = port
  }

  /** Ends the connections that there are. */
  shut(): void {
    this.#port = undefined
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.shut()
    this.#server.close()
  }

  #onCall(caller: Socket): void {
    if (this.#port === undefined) {
      this.refused++
      caller.destroy()
      return
    }
    const broker = createConnection({ host: '127.0.0.1', port: this.#port })
    caller.pipe(broker).pipe(caller)
    for (const socket of [caller, broker]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        caller.destroy()
        broker.destroy()
      })
    }
  }
}
