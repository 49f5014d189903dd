import { SerialPort as NodeSerialPort } from 'serialport'
import type { LineSettings, SerialPort } from '../modules/ports/serial.js'

/** A real serial line of this computer. */
export class Uart implements SerialPort {
  onReadable: (() => void) | undefined
  #path: string
  #onError: (error: Error) => void
  #port: NodeSerialPort | undefined
  #received: Buffer[] = []

  /** @param onError what the operating system has to say, the device gone for one */
  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path
    this.#onError = onError
  }

  configure(settings: LineSettings): void {
    this.close()
    const port = new NodeSerialPort({
      path: this.#path,
      baudRate: settings.baud,
      dataBits: settings.dataBits,
      parity: settings.parity,
      stopBits: settings.stopBits,
    })
    port.on('data', (data: Buffer) => {
      this.#received.push(data)
      this.onReadable?.()
    })
    port.on('error', this.#onError)
    this.#port = port
  }

  read(buffer: Uint8Array): number {
    const first = this.#received[0]
    if (first === undefined) return 0
    const length = Math.min(buffer.length, first.length)
    buffer.set(first.subarray(0, length))
    if (length === first.length) this.#received.shift()
    else this.#received[0] = first.subarray(length)
    return length
  }

  write(bytes: Uint8Array): void {
    this.#port?.write(bytes)
  }

  close(): void {
    this.#port?.close(() => undefined)
    this.#port = undefined
    this.#received = []
  }
}
