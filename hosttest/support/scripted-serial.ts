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
  #pending: Uint8Array[] = []

  /** @param script pieces of the reply to a request, given its hex and how many came before; each arrives 10 ms after the last */
  constructor(clock: Clock, script: (request: string, count: number) => readonly string[]) {
    this.#clock = clock
    this.#script = script
  }

  configure(settings: LineSettings): void {
    this.settings = settings
  }

  read(buffer: Uint8Array): number {
    const first = this.#pending.shift()
    if (first === undefined) return 0
    const length = Math.min(first.length, buffer.length)
    buffer.set(first.subarray(0, length))
    if (length < first.length) this.#pending.unshift(first.subarray(length))
    return length
  }

  write(bytes: Uint8Array): void {
    const hex = toHex(bytes)
    const pieces = this.#script(hex, this.requests.length)
    this.requests.push({ hex, at: this.#clock.now() })
    pieces.forEach((piece, i) => {
      this.#clock.set(() => this.arrive(piece), 10 * (i + 1))
    })
  }

  /** Bytes come in, asked for or not. */
  arrive(hex: string): void {
    this.#pending.push(fromHex(hex)!)
    this.onReadable?.()
  }

  close(): void {
    this.closed = true
  }
}
