import type { BleConnection, BlePort } from '../ports/ble.js'
import type { Clock, Timer } from '../ports/clock.js'

export interface ConcentratorLinkOptions {
  readonly clock: Clock
  readonly ble: BlePort
  readonly address: string
  /** Whether to enable the other path of the stream at once, instead of when the first stays silent. */
  readonly bothPaths: boolean
  onConnected(): void
  /** Called when notifications are enabled. The first bytes may have come before. */
  onEnabled(): void
  onBytes(bytes: Uint8Array): void
  /** Called when nothing has come for 2 s, and again for every further 2 s of silence. */
  onIdle(): void
  /** Called when the connection ended without `close`: at most once, and not after `close`. */
  onFailed(reason: string): void
}

/** The transparent UART and another path of the same stream (docs/protocol/vw1871.md, services and characteristics). */
const UART_SERVICE = '49535343-fe7d-4ae5-8fa9-9fafd205e455'
const UART = '49535343-1e4d-4bd9-ba61-23c647249616'
const OTHER_SERVICE = '0000ff00-0000-1000-8000-00805f9b34fb'
const OTHER = '0000ff01-0000-1000-8000-00805f9b34fb'

/** The concentrator sends up to 244 bytes at once. The SDK passes on only the first buffer of its stack. */
const MTU = 247

/** Milliseconds for the connection, and again for enabling the notifications. */
const DEADLINE = 10_000

const CHECK_INTERVAL = 2_000
/** A meter sends every 16 s, the battery voltage comes every 15 min. */
const OTHER_PATH_AFTER = 120_000
const DEAD_AFTER = 300_000

/** One connection to a concentrator, from the request to the end, with the deadlines that BLE lacks. */
export class ConcentratorLink {
  #options: ConcentratorLinkOptions
  #connection: BleConnection | undefined
  #timer: Timer | undefined
  #closed = false
  #received = false
  #bothPaths = false
  #lastByteAt = 0

  constructor(options: ConcentratorLinkOptions) {
    this.#options = options
    this.#timer = options.clock.set(() => this.#fail('no connection in time'), DEADLINE)
    this.#connection = options.ble.connect({
      address: options.address,
      mtu: MTU,
      onReady: () => {
        if (!this.#closed) this.#subscribe()
      },
      onNotification: (bytes) => {
        if (!this.#closed) this.#receive(bytes)
      },
      onClosed: (reason) => this.#fail(reason),
    })
  }

  /** Whether the other path is enabled too. */
  get bothPaths(): boolean {
    return this.#bothPaths
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#options.clock.clear(this.#timer)
    this.#connection?.close()
  }

  #subscribe(): void {
    const { clock, bothPaths } = this.#options
    clock.clear(this.#timer)
    this.#timer = clock.set(() => this.#fail('notifications not enabled in time'), DEADLINE)
    this.#options.onConnected()
    this.#connection?.subscribe(UART_SERVICE, UART, (error) => {
      if (this.#closed) return
      if (error !== undefined) return this.#fail(error)
      clock.clear(this.#timer)
      this.#lastByteAt = clock.now()
      this.#options.onEnabled()
      if (bothPaths) this.#enableOtherPath()
      this.#check()
    })
  }

  /** Ignores a failure: the first path may still come to life. */
  #enableOtherPath(): void {
    this.#bothPaths = true
    this.#connection?.subscribe(OTHER_SERVICE, OTHER, () => {})
  }

  #receive(bytes: Uint8Array): void {
    this.#received = true
    this.#lastByteAt = this.#options.clock.now()
    this.#options.onBytes(bytes)
  }

  #check(): void {
    const { clock } = this.#options
    this.#timer = clock.set(() => {
      const silence = clock.now() - this.#lastByteAt
      if (silence >= DEAD_AFTER) return this.#fail(`nothing received for ${DEAD_AFTER / 1000} s`)
      if (silence >= OTHER_PATH_AFTER && !this.#received && !this.#bothPaths) this.#enableOtherPath()
      if (silence >= CHECK_INTERVAL) this.#options.onIdle()
      this.#check()
    }, CHECK_INTERVAL)
  }

  #fail(reason: string): void {
    if (this.#closed) return
    this.close()
    this.#options.onFailed(reason)
  }
}
