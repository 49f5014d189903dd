import { SerialPort as NodeSerialPort } from 'serialport'
import type { LineSettings, SerialPort } from '../modules/ports/serial.js'

/** A real serial line of this computer. One that has gone is opened again with the next `configure`. */
export class Uart implements SerialPort {
  onReadable: (() => void) | undefined
  #path: string
  #onError: (error: Error) => void
  #port: NodeSerialPort | undefined
  #settings: LineSettings | undefined
  #received: Buffer[] = []

  /** @param onError called with the operating system's error, such as a device that is not there, is in use or has gone */
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
      if (this.#port !== port) return
      this.#received.push(data)
      this.onReadable?.()
    })
    port.on('error', (error) => this.#lose(port, error))
    port.on('close', (error?: Error) => this.#lose(port, error ?? new Error('the line is closed')))
    this.#port = port
  }

  read(): Uint8Array | undefined {
    return this.#received.length === 0 ? undefined : new Uint8Array(Buffer.concat(this.#received.splice(0)))
  }

  write(bytes: Uint8Array): void {
    this.#port?.write(bytes)
  }

  close(): void {
    const port = this.#port
    this.#forget()
    if (port?.isOpen) port.close(() => undefined)
  }

  #lose(port: NodeSerialPort, error: Error): void {
    if (this.#port !== port) return
    this.close()
    this.#onError(new Error(inWords(this.#path, error.message)))
  }

  #forget(): void {
    this.#port = undefined
    this.#settings = undefined
    this.#received = []
  }
}

/** What keeps somebody from a line, where the operating system's words do not say what to do. */
function inWords(path: string, message: string): string {
  if (/cannot lock port/i.test(message)) return `another program has ${path}`
  if (/inappropriate ioctl|is a directory/i.test(message))
    return `${path} is no serial line; ls /dev/serial/by-id shows those that there are`
  if (/permission denied/i.test(message)) return `${path}: this user may not use it; its group may (ls -l ${path})`
  return message
}
