import type { Clock, Timer } from '../ports/clock.js'

const LOOK = 5_000
/** From power-on. */
const LIMIT = 360_000

export interface ProbationHost {
  /** Messages of any kind, and samples, that the broker has acknowledged since power-on. */
  readonly delivered: number
  readonly deliveredSamples: number
  onProven(): void
  /** @param stage what it did not manage */
  onNotProven(stage: 'network' | 'meter'): void
}

/**
 * An image that was started for the first time has six minutes to prove itself: the broker acknowledges a sample, which a
 * read meter has made; or any message, where the meter could not be read before either.
 */
export class Probation {
  #clock: Clock
  #host: ProbationHost
  #needsMeter: boolean
  #timer: Timer | undefined

  constructor(clock: Clock, host: ProbationHost, needsMeter: boolean) {
    this.#clock = clock
    this.#host = host
    this.#needsMeter = needsMeter
    this.#wait()
  }

  close(): void {
    this.#clock.clear(this.#timer)
  }

  #wait(): void {
    this.#timer = this.#clock.set(() => this.#look(), LOOK)
  }

  #look(): void {
    const { delivered, deliveredSamples } = this.#host
    if ((this.#needsMeter ? deliveredSamples : delivered) > 0) return this.#host.onProven()
    if (this.#clock.now() >= LIMIT) return this.#host.onNotProven(delivered > 0 ? 'meter' : 'network')
    this.#wait()
  }
}
