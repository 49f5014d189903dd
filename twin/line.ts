import type { Clock } from '../modules/ports/clock.js'
import type { LineSettings, SerialPort } from '../modules/ports/serial.js'

/** What can be wrong with a line. */
export interface LineFaults {
  /** Nothing that the meter sends arrives. */
  silent: boolean
  /** An optical head that hears its own light. */
  echo: boolean
  /** Share of the bytes of either side that arrive with a bit flipped, from 0 to 1. */
  noise: number
}

/** The transmit and receive FIFO of the ESP32. */
const FIFO = 128

/** The UART reports its input after this many bytes, or after one character time of silence. */
const FIFO_THRESHOLD = 8

/** A meter as the line sees it. */
export interface LineMeter {
  /** How the meter's own UART is set. */
  readonly settings: LineSettings
  onBytes(bytes: Uint8Array): void
}

/** The end of a line where a simulated meter is. */
export interface MeterEnd {
  attach(meter: LineMeter): void
  /** The meter sends with these settings, beginning `delay` milliseconds from now. */
  send(bytes: Uint8Array, delay: number, settings: LineSettings): void
}

/** A serial line to a simulated meter, at the line's real speed: the firmware's UART at one end, the meter at the other. */
export class SimulatedLine implements SerialPort, MeterEnd {
  onReadable: (() => void) | undefined
  readonly faults: LineFaults = { silent: false, echo: false, noise: 0 }
  #clock: Clock
  #random: () => number
  #settings: LineSettings | undefined
  #meter: LineMeter | undefined
  #received: number[] = []
  #transmitFree = 0
  #closed = false

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** Whether the firmware has closed the line. */
  get closed(): boolean {
    return this.#closed
  }

  attach(meter: LineMeter): void {
    this.#meter = meter
  }

  configure(settings: LineSettings): void {
    this.#settings = settings
    this.#closed = false
  }

  read(): Uint8Array | undefined {
    return this.#received.length === 0 ? undefined : Uint8Array.from(this.#received.splice(0))
  }

  write(bytes: Uint8Array): void {
    if (this.#settings === undefined) throw new Error('serial line: written before it was configured')
    if (bytes.length > FIFO) throw new Error('serial line: output full')
    const sent = bytes.slice()
    const start = Math.max(this.#clock.now(), this.#transmitFree)
    this.#transmitFree = start + sent.length * characterTime(this.#settings)
    if (this.faults.echo) this.#deliver(sent, start, this.#settings)
    this.#clock.set(() => {
      if (this.#meter !== undefined && this.#settings?.baud === this.#meter.settings.baud)
        this.#meter.onBytes(this.#disturb(sent))
    }, this.#transmitFree - this.#clock.now())
  }

  /** The firmware's UART receives rubbish when its speed is another. */
  send(bytes: Uint8Array, delay: number, settings: LineSettings): void {
    if (this.faults.silent) return
    this.#clock.set(() => {
      const heard = this.#settings?.baud === settings.baud ? bytes : bytes.map(() => Math.floor(this.#random() * 256))
      this.#deliver(this.#disturb(heard), this.#clock.now(), settings)
    }, delay)
  }

  close(): void {
    this.#closed = true
    this.onReadable = undefined
  }

  #deliver(bytes: Uint8Array, start: number, settings: LineSettings): void {
    const character = characterTime(settings)
    for (let from = 0; from < bytes.length; from += FIFO_THRESHOLD) {
      const chunk = bytes.subarray(from, from + FIFO_THRESHOLD)
      const complete = chunk.length === FIFO_THRESHOLD
      const at = start + (from + chunk.length + (complete ? 0 : 1)) * character
      this.#clock.set(() => {
        if (this.#closed) return
        for (const byte of chunk) if (this.#received.length < FIFO) this.#received.push(byte)
        this.onReadable?.()
      }, at - this.#clock.now())
    }
  }

  #disturb(bytes: Uint8Array): Uint8Array {
    if (this.faults.noise === 0) return bytes
    return bytes.map((byte) =>
      this.#random() < this.faults.noise ? byte ^ (1 << Math.floor(this.#random() * 8)) : byte,
    )
  }
}

/** Milliseconds one character takes. */
export function characterTime(settings: LineSettings): number {
  return (1000 * (1 + 8 + settings.stopBits)) / settings.baud
}
