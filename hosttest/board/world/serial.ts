import type { LineSettings } from '../../../modules/ports/serial.js'
import { BoardLine } from './board-line.js'
import type { Hardware, Part } from './hardware.js'
import type { Pins } from './pins.js'
import { FIFO, Uart } from './uart.js'

/** Characters of pause after which the SDK wants to hear (MOD/modules/io/serial/esp32/serial.c:206), and the most that the register holds. */
const PAUSE = 4
const LONGEST_PAUSE = 101

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
    for (const uart of this.#uarts) uart.reset()
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
