import type { Clock } from '../modules/ports/clock.js'
import type { QueryTime } from '../modules/ports/time.js'

const ANSWER_TIME = 500
const TIMEOUT = 5_000

/** Time servers whose clock was right when the twin started and runs as fast as the twin's. */
export class SimulatedTime {
  /** Nobody answers. */
  silent = false
  #clock: Clock
  #start: number
  #unixAtStart: number

  constructor(clock: Clock, unixAtStart: number) {
    this.#clock = clock
    this.#start = clock.now()
    this.#unixAtStart = unixAtStart
  }

  readonly query: QueryTime = () => {
    const { silent } = this
    return new Promise((resolve) => {
      this.#clock.set(
        () => resolve(silent ? undefined : this.#unixAtStart + this.#clock.now() - this.#start),
        silent ? TIMEOUT : ANSWER_TIME,
      )
    })
  }
}
