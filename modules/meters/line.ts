import { failure, type Result } from '../codec/result.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { LineSettings, SerialPort } from '../ports/serial.js'

/**
 * Takes what arrived. A success ends the exchange. A failure says what was wrong with what has come so far, and the
 * exchange waits for more; undefined says nothing.
 */
export type Receive<T> = (bytes: Uint8Array) => Result<T> | undefined

/** How often to ask, and the pauses in milliseconds before the first attempt and before each further one. */
export interface Attempts {
  readonly times: number
  readonly pause: number
  readonly pauseAfterFailure: number
}

const NO_REPLY = Object.freeze(failure('no reply'))

/** The line changes its settings so long after the last bit of a request. A meter that changes its speed waits 300 ms before its reply. */
const CHANGE_DELAY = 50

/**
 * The half-duplex line to a meter: one dialogue at a time, each exchange with a deadline. After `close` every wait ends at
 * once, and `attempt` asks no more, so a dialogue always comes to its end.
 */
export class MeterLine {
  #port: SerialPort
  #clock: Clock
  #settings: LineSettings | undefined
  #timer: Timer | undefined
  #wake: (() => void) | undefined
  #closed = false
  #isTaken = false
  /** Starts the dialogues that wait for their turn. */
  #waiting: (() => void)[] = []

  constructor(port: SerialPort, clock: Clock) {
    this.#port = port
    this.#clock = clock
  }

  configure(settings: LineSettings): void {
    this.#settings = settings
    this.#port.configure(settings)
  }

  /** Begins a dialogue: at once, or after the dialogues before it, when the promise resolves. */
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
   * Asks until the meter answers, or as often as `attempts` allows.
   * @param what names the request in the error
   * @returns the first success, else the last failure as `what: error`
   */
  async attempt<T>(what: string, attempts: Attempts, ask: () => Promise<Result<T>>): Promise<Result<T>> {
    let { pause } = attempts
    let error = 'line closed'
    for (let i = 0; i < attempts.times && !this.#closed; i++) {
      if (pause > 0) await this.pause(pause)
      const result = await ask()
      if (result.ok) return result
      error = result.error
      pause = attempts.pauseAfterFailure
    }
    return failure(`${what}: ${error}`)
  }

  /**
   * Drops what lies in the receive buffer, sends the request and gives what arrives to `receive`. Ends with its success,
   * or `timeout` milliseconds after the last byte of the request with its last failure, `no reply` where it said nothing.
   * @param reply line settings of the reply, where they differ from those of the request
   */
  exchange<T>(request: Uint8Array, timeout: number, receive: Receive<T>, reply?: LineSettings): Promise<Result<T>> {
    if (this.#closed) return Promise.resolve(NO_REPLY)
    this.#port.read()
    return this.exchangeOn(request, timeout, receive, reply)
  }

  /** Like `exchange`, but keeps what is already in the receive buffer: the reply may still be arriving. */
  exchangeOn<T>(request: Uint8Array, timeout: number, receive: Receive<T>, reply?: LineSettings): Promise<Result<T>> {
    if (this.#closed) return Promise.resolve(NO_REPLY)
    if (request.length > 0) this.#port.write(request)
    const sent = this.#transmitTime(request.length)
    const change = reply && this.#clock.set(() => this.configure(reply), sent + CHANGE_DELAY)
    return new Promise((resolve) => {
      let result: Result<T> = NO_REPLY
      const finish = () => {
        this.#clock.clear(change)
        this.#port.onReadable = undefined
        this.#endWait()
        resolve(result)
      }
      this.#port.onReadable = () => {
        const bytes = this.#port.read()
        result = (bytes && receive(bytes)) ?? result
        if (result.ok) finish()
      }
      this.#wait(sent + timeout, finish)
    })
  }

  pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => this.#wait(ms, resolve))
  }

  /** Ends every wait, and lets go of the port. */
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
