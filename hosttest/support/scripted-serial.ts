import { fromHex, toHex } from '../../modules/codec/hex.js'
import type { Clock } from '../../modules/ports/clock.js'
import type { LineSettings, SerialPort } from '../../modules/ports/serial.js'

/** A serial port whose peer answers as the script says: for each request in turn, hex of the reply or silence. */
export class ScriptedSerial implements SerialPort {
  onReadable: (() => void) | undefined
  settings: LineSettings | undefined
  closed = false
  /** Hex and time of every request so far. */
  readonly requests: { readonly hex: string; readonly at: number }[] = []
  #clock: Clock
  #script: (request: string, count: number) => readonly string[]
  #pending: Uint8Array | undefined

  /** @param script pieces of the reply to a request, given its hex and how many came before; each arrives 10 ms after the last */
  constructor(clock: Clock, script: (request: string, count: number) => readonly string[]) {
    this.#clock = clock
    this.#script = script
  }

  configure(settings: LineSettings): void {
    this.settings = settings
  }

  read(): Uint8Array | undefined {
    const bytes = this.#pending
    this.#pending = undefined
    return bytes
  }

  write(bytes: Uint8Array): void {
    const hex = toHex(bytes)
    const pieces = this.#script(hex, this.requests.length)
    this.requests.push({ hex, at: this.#clock.now() })
    pieces.forEach((piece, i) => {
      this.#clock.set(() => this.arrive(piece), 10 * (i + 1))
    })
  }

  /** Lets bytes arrive that nobody asked for. */
  arrive(hex: string): void {
    this.#pending = fromHex(toHex(this.#pending ?? new Uint8Array(0)) + hex)
    this.onReadable?.()
  }

  close(): void {
    this.closed = true
  }
}
