import { failure, type Result } from '../codec/result.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { Meter, Reading } from './meter.js'

export interface SamplerOptions {
  readonly clock: Clock
  readonly meter: Meter
  /** A reading, and when on the monotonic clock it was complete. */
  onReading(reading: Reading, at: number): void
  onFailure(error: string): void
}

const PERIOD = 60_000
const PERIOD_UNTIL_READY = 10_000

/** Asks the meter when it is time: every 10 s until it has answered once, then every 60 s. */
export class Sampler {
  #options: SamplerOptions
  #ready = false
  #reading = false
  #stopped = false
  #due = 0
  #tick: Timer | undefined
  #extra: Timer | undefined
  #handOver: Timer | undefined

  constructor(options: SamplerOptions) {
    this.#options = options
  }

  start(): void {
    this.#due = this.#options.clock.now()
    this.#onTick()
  }

  /** One reading in `ms`, and the 60 s counted anew from now. */
  restart(ms: number): void {
    const { clock } = this.#options
    clock.clear(this.#extra)
    this.#extra = clock.set(() => void this.#read(), ms)
    this.#due = clock.now()
    this.#schedule()
  }

  /** For good; closes the meter. */
  stop(): void {
    this.#stopped = true
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
      // A line that cannot even be opened is a failure like any other: the device stays on the network and tries again.
      result = failure(String(error))
    }
    this.#reading = false
    if (this.#stopped) return
    if (!result.ok) return this.#options.onFailure(result.error)
    const { clock } = this.#options
    const now = clock.now()
    if (!this.#ready) {
      this.#ready = true
      this.#due = now
      this.#schedule()
    }
    const { value } = result
    // In a turn of its own, when what the dialogue has needed is no longer in memory.
    if (value !== undefined) this.#handOver = clock.set(() => this.#options.onReading(value, now), 0)
  }
}
