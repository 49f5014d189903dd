import { SerialPort as NodeSerialPort } from 'serialport'
import type { LineSettings, SerialPort } from '../modules/ports/serial.js'

/** A real serial line of this computer. */
export class Uart implements SerialPort {
  onReadable: (() => void) | undefined
  #path: string
  #onError: (error: Error) => void
  #port: NodeSerialPort | undefined
  #settings: LineSettings | undefined
  #received: Buffer[] = []

  /** @param onError called with the operating system's error, such as a device that is gone */
  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path
    this.#onError = onError
  }

  configure(settings: LineSettings): void {
    if (this.#port !== undefined) {
      // How many stop bits come is the sender's affair; the port stays open, and only its speed changes.
      if (settings.baud !== this.#settings?.baud) this.#port.update({ baudRate: settings.baud }, () => undefined)
      this.#settings = settings
      return
    }
    this.#settings = settings
    const port = new NodeSerialPort({
      path: this.#path,
      baudRate: settings.baud,
      dataBits: 8,
      parity: 'none',
      stopBits: settings.stopBits,
    })
    port.on('data', (data: Buffer) => {
      this.#received.push(data)
      this.onReadable?.()
    })
    port.on('error', this.#onError)
    this.#port = port
  }

  read(): Uint8Array | undefined {
    return this.#received.length === 0 ? undefined : new Uint8Array(Buffer.concat(this.#received.splice(0)))
  }

  write(bytes: Uint8Array): void {
    this.#port?.write(bytes)
  }

  close(): void {
    this.#port?.close(() => undefined)
    this.#port = undefined
    this.#settings = undefined
    this.#received = []
  }
}
