import type { Timer } from '../../../modules/ports/clock.js'
import type { LineSettings } from '../../../modules/ports/serial.js'
import { characterTime, type LineMeter, SimulatedLine } from '../../../twin/line.js'
import type { Hardware, Part } from './hardware.js'
import type { Pins } from './pins.js'

const FIFO = 128

/** The chip's own mark for a full FIFO, which nothing that the SDK calls changes (MOD/modules/io/serial/esp32/serial.c:145). */
const FULL_MARK = 96

/** Characters of pause after which the SDK wants to hear (serial.c:206), and the most that the register holds. */
const PAUSE = 4
const LONGEST_PAUSE = 101

/** A character of 8N1 in bits, and of each further stop bit. */
const BITS = 10

/* IDF hal/uart_ll.h: interrupts */
const RX_FULL = 1 << 0
const RX_TIMEOUT = 1 << 8

/* IDF components/esp_common/include/esp_err.h */
const ESP_OK = 0
const ESP_FAIL = -1
const ESP_ERR_INVALID_ARG = 0x102
const ESP_ERR_INVALID_STATE = 0x103

/** Numbers of stop bits (IDF hal/uart_types.h). */
const STOP_BITS: readonly (number | undefined)[] = [undefined, 1, 1.5, 2]

/**
 * One UART of the chip, byte by byte at the line's speed. IDF components/esp_driver_uart/src/uart.c,
 * components/esp_hal_uart/esp32/include/hal/uart_ll.h.
 */
class Uart {
  baud = 115_200
  stopBits = 1
  /** Bit times of pause after which it tells; 0 never. */
  pause = 0
  /** Bytes in the FIFO after which it tells. */
  fullMark = FULL_MARK
  isOpen = false
  handle = 0
  transmit = -1
  receive = -1
  /** Bytes that found the FIFO full. */
  lost = 0
  line: SimulatedLine | undefined
  readonly received: number[] = []
  readonly #sending: number[] = []
  #listens = false
  #told = false
  #sends = false
  #silence: Timer | undefined
  #hardware: Hardware

  constructor(hardware: Hardware) {
    this.#hardware = hardware
  }

  get settings(): LineSettings {
    return { baud: this.baud, stopBits: this.stopBits >= 2 ? 2 : 1 }
  }

  /** What the sender's end of the receiving pin hears. */
  hear(byte: number): void {
    if (!this.isOpen) return
    if (this.received.length < FIFO) this.received.push(byte)
    else this.lost++
    const { clock } = this.#hardware
    clock.clear(this.#silence)
    if (this.received.length >= this.fullMark) this.#tell()
    if (this.pause > 0) this.#silence = clock.set(() => this.#tell(), (this.pause * 1000) / this.baud)
  }

  setPause(characters: number): void {
    const bits = characters * (BITS - 1 + this.stopBits)
    // The register counts 8 bits at a time.
    this.pause = Math.floor((bits + 7) / 8) * 8
  }

  listen(): void {
    if (!this.isOpen || this.handle === 0) return
    this.#listens = true
    if (this.received.length >= this.fullMark) this.#tell()
  }

  deliver(): number {
    this.#told = false
    return this.received.length
  }

  write(bytes: Uint8Array): boolean {
    if (this.#sending.length + bytes.length > FIFO) return false
    this.#sending.push(...bytes)
    if (!this.#sends) this.#sendNext()
    return true
  }

  clear(): void {
    this.received.length = 0
    this.#sending.length = 0
    this.#hardware.clock.clear(this.#silence)
  }

  close(): void {
    this.isOpen = false
    this.#listens = false
    this.#told = false
    this.handle = 0
    this.#hardware.clock.clear(this.#silence)
  }

  #tell(): void {
    if (!this.#listens || this.#told || this.received.length === 0 || this.handle === 0) return
    this.#listens = false
    this.#told = true
    this.#hardware.post('serial', this.handle)
  }

  #sendNext(): void {
    const byte = this.#sending[0]
    this.#sends = byte !== undefined
    if (byte === undefined) return
    const { settings } = this
    this.#hardware.clock.set(() => {
      // The FIFO was emptied by a reset meanwhile.
      if (this.#sending.shift() === undefined) this.#sends = false
      else {
        this.line?.write(Uint8Array.of(byte))
        this.#sendNext()
      }
    }, characterTime(settings))
  }
}

/** A line of the twin's at a UART of the board: its meters are attached to it. */
export class BoardLine extends SimulatedLine {
  #uart: Uart
  #hardware: Hardware
  #random: () => number
  #meter: LineMeter | undefined

  constructor(uart: Uart, hardware: Hardware, random: () => number) {
    super(hardware.clock, random)
    this.#uart = uart
    this.#hardware = hardware
    this.#random = random
  }

  override attach(meter: LineMeter): void {
    this.#meter = meter
  }

  /** A byte has left the board. */
  override write(bytes: Uint8Array): void {
    if (this.faults.echo) for (const byte of bytes) this.#uart.hear(byte)
    if (this.#uart.baud === this.#meter?.settings.baud) this.#meter.onBytes(bytes.map((byte) => this.#disturb(byte)))
  }

  override send(bytes: Uint8Array, delay: number, settings: LineSettings): void {
    if (this.faults.silent) return
    const character = characterTime(settings)
    for (const [i, byte] of bytes.entries()) {
      this.#hardware.clock.set(
        () => {
          const sameSpeed = this.#uart.baud === settings.baud
          this.#uart.hear(this.#disturb(sameSpeed ? byte : Math.floor(this.#random() * 256)))
        },
        delay + (i + 1) * character,
      )
    }
  }

  #disturb(byte: number): number {
    return this.#random() < this.faults.noise ? byte ^ (1 << Math.floor(this.#random() * 8)) : byte
  }
}

/** The chip's UARTs. */
export class Uarts implements Part {
  readonly operations
  #uarts: readonly Uart[]
  #hardware: Hardware

  constructor(hardware: Hardware, pins: Pins) {
    this.#hardware = hardware
    this.#uarts = [0, 1, 2].map(() => new Uart(hardware))
    this.operations = {
      'serial.open': (port: number, baud: number, transmit: number, receive: number, handle: number) => {
        const uart = this.#at(port)
        uart.clear()
        uart.isOpen = true
        Object.assign(uart, { baud, stopBits: 1, transmit, receive, handle })
        uart.setPause(handle === 0 ? 0 : PAUSE)
        for (const pin of [transmit, receive]) if (pin >= 0) pins.use(pin)
        uart.listen()
      },
      'serial.close': (port: number) => {
        const uart = this.#at(port)
        for (const pin of [uart.transmit, uart.receive]) if (pin >= 0) pins.free(pin)
        uart.close()
      },
      'serial.available': (port: number) => this.#at(port).received.length,
      'serial.read': (port: number, length: number) => {
        const uart = this.#at(port)
        const bytes = new Uint8Array(length)
        bytes.set(uart.received.splice(0, length))
        uart.listen()
        return bytes.buffer
      },
      'serial.write': (port: number, bytes: ArrayBuffer) => this.#at(port).write(new Uint8Array(bytes)),
      'serial.deliver': (port: number) => this.#at(port).deliver(),
      'serial.listen': (port: number) => this.#at(port).listen(),
      'ffi.uart_set_baudrate': (port: number, baud: number) =>
        this.#with(port, ESP_FAIL, (uart) => {
          if (baud <= 0) return ESP_FAIL
          uart.baud = baud
          return ESP_OK
        }),
      'ffi.uart_set_stop_bits': (port: number, bits: number) =>
        this.#with(port, ESP_FAIL, (uart) => {
          const stopBits = STOP_BITS[bits]
          if (stopBits === undefined) return ESP_FAIL
          uart.stopBits = stopBits
          return ESP_OK
        }),
      'ffi.uart_set_rx_timeout': (port: number, characters: number) =>
        this.#with(port, ESP_ERR_INVALID_ARG, (uart) => {
          if (characters > LONGEST_PAUSE) return ESP_ERR_INVALID_ARG
          uart.setPause(characters)
          return ESP_OK
        }),
      // uart_intr_config_t: mask of interrupts, pause in symbols, threshold of the transmitter, threshold of the receiver.
      'ffi.uart_intr_config': (port: number, config: ArrayBuffer) =>
        this.#with(port, ESP_FAIL, (uart) => {
          const view = new DataView(config)
          const mask = view.getUint32(0, true)
          uart.setPause(mask & RX_TIMEOUT ? view.getUint8(4) : 0)
          if (mask & RX_FULL) uart.fullMark = view.getUint8(6)
          if (mask & (RX_FULL | RX_TIMEOUT)) uart.listen()
          return ESP_OK
        }),
      // Needs IDF's driver, which the SDK never installs (uart.c:2206).
      'ffi.uart_set_rx_full_threshold': (port: number, bytes: number) =>
        this.#with(port, ESP_ERR_INVALID_ARG, () =>
          bytes > 0 && bytes < FIFO ? ESP_ERR_INVALID_STATE : ESP_ERR_INVALID_ARG,
        ),
    }
  }

  reset(): void {
    for (const uart of this.#uarts) {
      uart.clear()
      uart.close()
      uart.fullMark = FULL_MARK
    }
  }

  /** Lays a line to a UART; meters of the twin's are attached to it. */
  connect(port: number, random: () => number): BoardLine {
    const uart = this.#at(port)
    const line = new BoardLine(uart, this.#hardware, random)
    uart.line = line
    return line
  }

  /** Bytes that found the FIFO full. */
  lost(port: number): number {
    return this.#at(port).lost
  }

  settings(port: number): LineSettings {
    return this.#at(port).settings
  }

  #at(port: number): Uart {
    return this.#uarts[port]!
  }

  #with(port: number, error: number, change: (uart: Uart) => number): number {
    const uart = this.#uarts[port]
    return uart === undefined ? error : change(uart)
  }
}
