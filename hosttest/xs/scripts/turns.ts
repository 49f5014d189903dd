import type { Clock, Timer } from '../../../modules/ports/clock.js'

interface Pending {
  readonly at: number
  readonly order: number
  callback(): void
}

/**
 * A virtual clock whose every callback is a turn of the host's event loop of its own, with the promise jobs that follow
 * from it. Garbage is collected between turns, so that a peak is what is live and what one turn leaves behind.
 */
export class TurnClock implements Clock {
  /** Meter units of the largest turn since this was last set to 0, and when on this clock it was. */
  largest = 0
  largestAt = 0
  #now = 0
  #order = 0
  #pending: Pending[] = []
  #end = 0
  #done: (() => void) | undefined
  #units = 0

  constructor() {
    Object.assign(globalThis, { turn: () => this.#turn() })
  }

  now(): number {
    return this.#now
  }

  set(callback: () => void, ms: number): Timer {
    const pending = { at: this.#now + Math.max(0, ms), order: this.#order++, callback }
    this.#pending.push(pending)
    return pending
  }

  clear(timer: Timer | undefined): void {
    const at = this.#pending.indexOf(timer as Pending)
    if (at >= 0) this.#remove(at)
  }

  /** Lets `ms` milliseconds pass. */
  run(ms: number): Promise<void> {
    this.#end = this.#now + ms
    this.#units = stat(6)
    return new Promise((resolve) => {
      this.#done = resolve
    })
  }

  /** What this takes is not counted. */
  excuse<T>(work: () => T): T {
    const before = stat(6)
    const result = work()
    this.#units += stat(6) - before
    return result
  }

  /** What the host calls, turn by turn; false when nobody waits for time to pass. */
  #turn(): boolean {
    const done = this.#done
    if (done === undefined) return false
    const units = stat(6) - this.#units
    if (units > this.largest) {
      this.largest = units
      this.largestAt = this.#now
    }
    collect()
    const next = this.#takeNext()
    if (next === undefined) {
      this.#now = this.#end
      this.#done = undefined
      done()
      return true
    }
    this.#now = next.at
    this.#units = stat(6)
    next.callback()
    return true
  }

  #takeNext(): Pending | undefined {
    const { length } = this.#pending
    let first = -1
    for (let i = 0; i < length; i++) if (first < 0 || isBefore(this.#pending[i]!, this.#pending[first]!)) first = i
    if (first < 0 || this.#pending[first]!.at > this.#end) return undefined
    return this.#remove(first)
  }

  #remove(at: number): Pending {
    const removed = this.#pending[at]!
    this.#pending[at] = this.#pending[this.#pending.length - 1]!
    this.#pending.length--
    return removed
  }
}

function isBefore(a: Pending, b: Pending): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
