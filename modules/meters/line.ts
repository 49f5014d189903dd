import type { Clock, Timer } from '../ports/clock.js'
import type { LineSettings, SerialPort } from '../ports/serial.js'

/** Takes what arrived; anything but undefined ends the exchange. */
export type Receive<T> = (bytes: Uint8Array) => T | undefined

/** After the last bit of a request, before the first of the reply: a meter that changes its speed thinks for 300 ms. */
const CHANGE_DELAY = 50

/**
 * The half-duplex line to a meter: one dialogue at a time, each exchange with a deadline.
 * After `close` every wait ends at once, so a dialogue that checks `closed` always comes to its end.
 */
export class MeterLine {
  #port: SerialPort
  #clock: Clock
  #settings: LineSettings | undefined
  #timer: Timer | undefined
  #wake: (() => void) | undefined
  #closed = false
  #isTaken = false
  /** Who waits for a dialogue of their own. */
  #waiting: (() => void)[] = []

  constructor(port: SerialPort, clock: Clock) {
    this.#port = port
    this.#clock = clock
  }

  get closed(): boolean {
    return this.#closed
  }

  configure(settings: LineSettings): void {
    this.#settings = settings
    this.#port.configure(settings)
  }

  /** Begins a dialogue: at once, or when the promise resolves, after those before it have come to `end`. */
  begin(): Promise<void> | undefined {
    if (this.#isTaken) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#isTaken = true
    return undefined
  }

  /** Ends the dialogue. */
  end(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#isTaken = false
    else next()
  }

  /**
   * Sends the request, after dropping what lies in the receive buffer, and gives what arrives to `receive`; undefined
   * when the reply is not complete `timeout` milliseconds after the last byte of the request.
   * @param reply line settings of the reply, where they are others than those of the request
   */
  exchange<T>(request: Uint8Array, timeout: number, receive: Receive<T>, reply?: LineSettings): Promise<T | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    this.#port.read()
    return this.exchangeOn(request, timeout, receive, reply)
  }

  /** The same within a reply that is still arriving: nothing is dropped. */
  exchangeOn<T>(
    request: Uint8Array,
    timeout: number,
    receive: Receive<T>,
    reply?: LineSettings,
  ): Promise<T | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    if (request.length > 0) this.#port.write(request)
    const sent = this.#transmitTime(request.length)
    const change = reply && this.#clock.set(() => this.configure(reply), sent + CHANGE_DELAY)
    return new Promise((resolve) => {
      const finish = (reply: T | undefined) => {
        this.#clock.clear(change)
        this.#port.onReadable = undefined
        this.#endWait()
        resolve(reply)
      }
      this.#port.onReadable = () => {
        const bytes = this.#port.read()
        const reply = bytes && receive(bytes)
        if (reply !== undefined) finish(reply)
      }
      this.#wait(sent + timeout, () => finish(undefined))
    })
  }

  pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => this.#wait(ms, resolve))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#port.onReadable = undefined
    const wake = this.#wake
    this.#endWait()
    wake?.()
    this.#port.close()
  }

  #wait(ms: number, wake: () => void): void {
    this.#clock.clear(this.#timer)
    this.#wake = wake
    this.#timer = this.#clock.set(() => {
      this.#endWait()
      wake()
    }, ms)
  }

  #endWait(): void {
    this.#clock.clear(this.#timer)
    this.#timer = undefined
    this.#wake = undefined
  }

  #transmitTime(bytes: number): number {
    const s = this.#settings
    if (s === undefined) return 0
    return Math.ceil((bytes * (1 + 8 + s.stopBits) * 1000) / s.baud)
  }
}
