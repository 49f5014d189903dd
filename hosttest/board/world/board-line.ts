import type { LineSettings } from '../../../modules/ports/serial.js'
import { characterTime, type LineMeter, SimulatedLine } from '../../../twin/line.js'
import type { Hardware } from './hardware.js'
import type { Uart } from './uart.js'

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
