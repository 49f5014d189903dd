import type { Clock, Timer } from '../modules/ports/clock.js'
import { Backoff } from '../modules/time/backoff.js'
import type { Arrival } from './store/store.js'

/** Takes what devices say. */
export interface Sink {
  /** Resolves when all of it is taken care of, however often it came before; rejects when it cannot be now. */
  take(arrivals: readonly Arrival[]): Promise<void>
}

/** Messages that are handed on at once. */
const MOST = 2_000
/** ms */
const FIRST_DELAY = 500
const LONGEST_DELAY = 30_000

/**
 * Hands messages on in the order of their arrival, all that have come at once, and acknowledges them when every sink has taken
 * them. A sink that is away is waited for: whoever gives messages stops by itself while too many are not acknowledged.
 */
export class Pipeline {
  #sinks: readonly Sink[]
  #clock: Clock
  #say: (line: string) => void
  #waiting: { readonly arrival: Arrival; acknowledge(): void }[] = []
  #backoff = new Backoff(FIRST_DELAY, LONGEST_DELAY, Math.random)
  #isBusy = false
  #isClosed = false
  #timer: Timer | undefined
  #wake: () => void = () => {}

  constructor(sinks: readonly Sink[], clock: Clock, say: (line: string) => void) {
    this.#sinks = sinks
    this.#clock = clock
    this.#say = say
  }

  push(arrival: Arrival, acknowledge: () => void): void {
    this.#waiting.push({ arrival, acknowledge })
    if (!this.#isBusy) void this.#run()
  }

  /** Hands nothing on and acknowledges nothing from now on. */
  close(): void {
    this.#isClosed = true
    this.#clock.clear(this.#timer)
    this.#wake()
  }

  async #run(): Promise<void> {
    this.#isBusy = true
    // What comes with the same packet of the network goes together.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const batch = this.#waiting.slice(0, MOST)
      if (!(await this.#handOn(batch.map(({ arrival }) => arrival)))) return
      this.#waiting.splice(0, batch.length)
      for (const { acknowledge } of batch) acknowledge()
    }
    this.#isBusy = false
  }

  /** @returns false where it was closed before all was taken */
  async #handOn(arrivals: readonly Arrival[]): Promise<boolean> {
    for (let said = false; !this.#isClosed; said = true) {
      const results = await Promise.allSettled(this.#sinks.map((sink) => sink.take(arrivals)))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed === undefined) {
        this.#backoff.reset()
        return !this.#isClosed
      }
      if (!said && !this.#isClosed) this.#say(`${failed.reason?.message ?? failed.reason}; trying again`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#timer = this.#clock.set(resolve, this.#backoff.next())
      })
    }
    return false
  }
}
