import Serial from 'embedded:io/serial'
import type { Machine } from 'device/machine'
import type { LineSettings, SerialPort } from '../ports/serial.js'

/** Names the UART: port and pins on the ESP32, the path of a tty in the simulator. */
export interface UartPins {
  readonly port?: number
  readonly transmit?: number
  readonly receive?: number
  readonly device?: string
}

/** The UART the meter is at. The SDK opens it with 8N1; the rest is set afterwards. */
export class DeviceSerial implements SerialPort {
  onReadable: (() => void) | undefined
  #pins: UartPins
  #machine: Machine
  #serial: Serial | undefined

  constructor(pins: UartPins, machine: Machine) {
    this.#pins = pins
    this.#machine = machine
  }

  configure(settings: LineSettings): void {
    // The SDK's typings know neither the path of a tty nor a port without a pin.
    const options: unknown = {
      ...this.#pins,
      baud: settings.baud,
      format: 'buffer',
      onReadable: () => this.#onReadable(),
      // The simulator's class closes itself when its tty has gone. Nobody may call it then.
      onError: () => {
        this.#serial = undefined
      },
    }
    this.#serial ??= new Serial(options as ConstructorParameters<typeof Serial>[0])
    this.#machine.setLine(this.#pins.port ?? 0, settings)
  }

  read(): Uint8Array | undefined {
    const bytes = this.#serial?.read() as ArrayBuffer | undefined
    return bytes && new Uint8Array(bytes)
  }

  write(bytes: Uint8Array): void {
    this.#serial?.write(bytes.slice().buffer)
  }

  close(): void {
    this.#serial?.close()
    this.#serial = undefined
  }

  /** Drops the bytes when nobody reads them. The UART would not report the next ones otherwise. */
  #onReadable(): void {
    if (this.onReadable !== undefined) this.onReadable()
    else this.#serial?.read()
  }
}
