import type { Clock, Timer } from '../../ports/clock.js'

/** Pieces of work in one turn of the event loop. */
const PIECES = 4

/** Does work that yields after each small piece: a few pieces in each turn of the event loop, so that no turn is long. */
export class Slices {
  #clock: Clock
  #begin: () => Iterator<void>
  #onDone: () => void
  #work: Iterator<void> | undefined
  #timer: Timer | undefined

  /**
   * @param begin makes the work when it is to start
   * @param onDone called in the turn in which the work ends
   */
  constructor(clock: Clock, begin: () => Iterator<void>, onDone: () => void) {
    this.#clock = clock
    this.#begin = begin
    this.#onDone = onDone
  }

  /** Starts the work in the next turn, unless it is under way. */
  run(): void {
    this.#timer ??= this.#clock.set(() => this.#turn(), 0)
  }

  stop(): void {
    this.#clock.clear(this.#timer)
  }

  #turn(): void {
    this.#timer = undefined
    this.#work ??= this.#begin()
    for (let i = 0; i < PIECES; i++) {
      if (!this.#work.next().done) continue
      this.#work = undefined
      return this.#onDone()
    }
    this.run()
  }
}
