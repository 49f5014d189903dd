import type { Clock, Timer } from '../ports/clock.js'

const FIRST_STEP = 2_000
const SPACING = 100

export interface AnnouncementHost {
  /** Says the step with this number, from 0; false when there are no more. */
  announce(step: number): boolean
}

/** What is said after every connection to the broker: one step after the other, 100 ms apart, so that none hides another. */
export class Announcement {
  #clock: Clock
  #host: AnnouncementHost
  #timer: Timer | undefined

  constructor(clock: Clock, host: AnnouncementHost) {
    this.#clock = clock
    this.#host = host
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
    if (this.#host.announce(step)) this.#timer = this.#clock.set(() => this.#take(step + 1), SPACING)
  }
}
