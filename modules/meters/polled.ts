import { failure, type Result } from '../codec/result.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { Meter, Reading } from './meter.js'
import type { MeterEvents, MeterSource } from './source.js'

export interface PolledMeterOptions extends MeterEvents {
  readonly clock: Clock
  readonly meter: Meter
}

const PERIOD = 60_000
const PERIOD_UNTIL_READY = 10_000
const AFTER_CONNECT = 1_100
/** Shortest time between two readings that connections cause. Each reading costs the meter's battery. */
const BETWEEN_CONNECTIONS = 120_000

/** A meter that is asked: every 10 s until it has answered once, then every 60 s. */
export class PolledMeter implements MeterSource {
  #options: PolledMeterOptions
  #ready = false
  #reading = false
  #closed = false
  #due = 0
  /** When the connection came up upon which the meter was last asked. */
  #connectedAt: number | undefined
  #tick: Timer | undefined
  #extra: Timer | undefined
  #handOver: Timer | undefined

  constructor(options: PolledMeterOptions) {
    this.#options = options
  }

  get isTalking(): boolean {
    return this.#reading
  }

  start(): void {
    this.#due = this.#options.clock.now()
    this.#onTick()
  }

  /** Asks the meter in 1.1 s, and counts the 60 s from now; once in two minutes, however often the broker is lost. */
  onConnected(): void {
    const { clock } = this.#options
    const now = clock.now()
    if (this.#connectedAt !== undefined && now - this.#connectedAt < BETWEEN_CONNECTIONS) return
    this.#connectedAt = now
    clock.clear(this.#extra)
    this.#extra = clock.set(() => void this.#read(), AFTER_CONNECT)
    this.#due = now
    this.#schedule()
  }

  close(): void {
    this.#closed = true
    const { meter, clock } = this.#options
    meter.close()
    clock.clear(this.#tick)
    clock.clear(this.#extra)
    clock.clear(this.#handOver)
  }

  #onTick(): void {
    void this.#read()
    this.#schedule()
  }

  #schedule(): void {
    const { clock } = this.#options
    this.#due += this.#ready ? PERIOD : PERIOD_UNTIL_READY
    clock.clear(this.#tick)
    this.#tick = clock.set(() => this.#onTick(), Math.max(0, this.#due - clock.now()))
  }

  async #read(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    let result: Result<Reading | undefined>
    try {
      result = await this.#options.meter.read()
    } catch (error) {
      // A line that cannot be opened is a failure like any other: the device stays on the network and tries again.
      result = failure(String(error))
    }
    this.#reading = false
    if (this.#closed) return
    if (!result.ok) return this.#options.onFailure(result.error)
    const { clock } = this.#options
    const now = clock.now()
    if (!this.#ready) {
      this.#ready = true
      this.#due = now
      this.#schedule()
    }
    const { value } = result
    // The reading gets a turn of its own: by then the memory that the dialogue needed is free.
    if (value !== undefined) this.#handOver = clock.set(() => this.#options.onReading(value, now), 0)
  }
}
