import { Transport } from 'esptool-js'

/** The port could not be opened. */
export class PortClosed extends Error {}

/** The cable came out, or the board went away. */
export class PortLost extends Error {}

/**
 * A serial port as esptool-js speaks over it. It logs nothing, tells at once when the port has gone, and leaves no stream locked,
 * for which the library's own would wait for ever when it closes.
 */
export class Line extends Transport {
  #port: SerialPort
  #isLost = false
  #lost: Promise<never>
  #onLost = (): void => {}

  constructor(port: SerialPort) {
    super(port)
    this.#port = port
    this.#lost = new Promise((_, reject) => {
      this.#onLost = () => {
        this.#isLost = true
        reject(new PortLost())
      }
    })
    // Nobody may be reading at that moment.
    this.#lost.catch(() => {})
    port.addEventListener('disconnect', this.#onLost)
  }

  /** Whether the cable came out, or the board went away. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** The library's own prints to the console. */
  override trace(): void {}

  override async connect(...options: Parameters<Transport['connect']>): Promise<void> {
    try {
      await super.connect(...options)
    } catch (error) {
      throw this.#isLost ? new PortLost() : new PortClosed(String(error))
    }
  }

  override async write(data: Uint8Array): Promise<void> {
    const writer = this.#port.writable?.getWriter()
    if (writer === undefined) throw new PortLost()
    try {
      await Promise.race([writer.write(this.slipWriter(data)), this.#lost])
    } finally {
      writer.releaseLock()
    }
  }

  override read(timeout: number): Promise<Uint8Array> {
    return Promise.race([super.read(timeout), this.#lost])
  }

  /** Closes the port. It is the end of this line. */
  async end(): Promise<void> {
    try {
      await Promise.race([this.disconnect(), this.#lost])
    } catch {
      // It was closed already, or has gone.
    }
    this.#port.removeEventListener('disconnect', this.#onLost)
  }
}
