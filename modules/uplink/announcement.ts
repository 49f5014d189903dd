import type { Clock, Timer } from '../ports/clock.js'

const FIRST_STEP = 2_000
const SPACING = 100

/** What is said after every connection to the broker: one step after the other, 100 ms apart, so that none hides another. */
export class Announcement {
  #clock: Clock
  #steps: readonly (() => void)[]
  #timer: Timer | undefined

  constructor(clock: Clock, steps: readonly (() => void)[]) {
    this.#clock = clock
    this.#steps = steps
  }

  /** Begins 2 s from now; a step that is still to come from before is dropped. */
  start(): void {
    this.stop()
    this.#timer = this.#clock.set(() => this.#take(0), FIRST_STEP)
  }

  stop(): void {
    this.#clock.clear(this.#timer)
  }

  #take(step: number): void {
    this.#steps[step]?.()
    if (step + 1 < this.#steps.length) this.#timer = this.#clock.set(() => this.#take(step + 1), SPACING)
  }
}
