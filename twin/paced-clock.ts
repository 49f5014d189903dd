import type { Clock, Timer } from '../modules/ports/clock.js'
import { VirtualClock } from './clock.js'

/** ms of the computer's time: the longest sleep, and the most that one turn makes up for. */
const LONGEST_SLEEP = 20
const MOST_AT_ONCE = 50

/**
 * A clock that runs `speed` times as fast as the computer's. What it plans happens in order and at its very time, so that a
 * line of 1200 baud is as exact as at speed 1. Where the computer does not keep up it runs slower and leaves nothing out.
 * While somebody outside is waited for it runs no faster than the computer's clock.
 */
export class PacedClock implements Clock {
  #clock = new VirtualClock()
  #speed: number
  #held = 0
  #last = performance.now()
  #wake: (() => void) | undefined
  #isOpen = true
  #ended: Promise<void>

  constructor(speed: number) {
    this.#speed = speed
    this.#ended = this.#run()
  }

  now(): number {
    return this.#clock.now()
  }

  set(callback: () => void, ms: number): Timer {
    const timer = this.#clock.set(callback, ms)
    this.#wake?.()
    return timer
  }

  clear(timer: Timer | undefined): void {
    this.#clock.clear(timer)
  }

  /** Somebody outside has been asked: until the result is called, the clock runs no faster than the computer's. */
  hold(): () => void {
    this.#held++
    this.#wake?.()
    let isHeld = true
    return () => {
      if (isHeld) this.#held--
      isHeld = false
    }
  }

  /** Nothing that is planned happens after this. */
  async close(): Promise<void> {
    this.#isOpen = false
    this.#wake?.()
    await this.#ended
  }

  async #run(): Promise<void> {
    while (this.#isOpen) {
      await this.#sleep()
      const now = performance.now()
      const passed = Math.min(now - this.#last, MOST_AT_ONCE)
      this.#last = now
      const held = this.#held
      const pace = held > 0 ? Math.min(1, this.#speed) : this.#speed
      await this.#clock.run(passed * pace, () => !this.#isOpen || (held === 0 && this.#held > 0))
    }
  }

  /** Until the next thing is due. Others have their turn in any case. */
  #sleep(): Promise<void> {
    const pace = this.#held > 0 ? Math.min(1, this.#speed) : this.#speed
    const due = (this.#clock.next - this.#clock.now()) / pace - (performance.now() - this.#last)
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake = undefined
        clearTimeout(timer)
        clearImmediate(immediate)
        resolve()
      }
      const timer = due >= 1 ? setTimeout(wake, Math.min(due, LONGEST_SLEEP)) : undefined
      const immediate = due >= 1 ? undefined : setImmediate(wake)
      if (due >= 1) this.#wake = wake
    })
  }
}
