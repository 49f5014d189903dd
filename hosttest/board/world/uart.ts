import type { Timer } from '../../../modules/ports/clock.js'
import type { LineSettings } from '../../../modules/ports/serial.js'
import { characterTime, type SimulatedLine } from '../../../twin/line.js'
import type { Hardware } from './hardware.js'

export const FIFO = 128

/** The chip's own mark for a full FIFO, which nothing that the SDK calls changes (MOD/modules/io/serial/esp32/serial.c:145). */
const FULL_MARK = 96

/** A character of 8N1 in bits, and of each further stop bit. */
const BITS = 10

/**
 * One UART of the chip, byte by byte at the line's speed. IDF components/esp_driver_uart/src/uart.c,
 * components/esp_hal_uart/esp32/include/hal/uart_ll.h.
 */
export class Uart {
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
  #sender: Timer | undefined
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
    if (this.#sender === undefined) this.#sendNext()
    return true
  }

  clear(): void {
    this.received.length = 0
    this.#sending.length = 0
    this.#hardware.clock.clear(this.#silence)
    this.#hardware.clock.clear(this.#sender)
    this.#sender = undefined
  }

  close(): void {
    this.isOpen = false
    this.#listens = false
    this.#told = false
    this.handle = 0
    this.#hardware.clock.clear(this.#silence)
  }

  reset(): void {
    this.clear()
    this.close()
    this.fullMark = FULL_MARK
  }

  #tell(): void {
    if (!this.#listens || this.#told || this.received.length === 0 || this.handle === 0) return
    this.#listens = false
    this.#told = true
    this.#hardware.post('serial', this.handle)
  }

  #sendNext(): void {
    const byte = this.#sending[0]
    this.#sender =
      byte === undefined
        ? undefined
        : this.#hardware.clock.set(() => {
            this.#sending.shift()
            this.line?.write(Uint8Array.of(byte))
            this.#sendNext()
          }, characterTime(this.settings))
  }
}
