interface Waiting {
  readonly at: number
  readonly run: () => void
}

/**
 * Time for code that sleeps with `setTimeout` and looks at `Date.now`: while nothing else happens it jumps to the next timer. What
 * is awaited must come from promises and timers alone, because time passes while anything else is awaited.
 */
export class FastTimers {
  #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now }
  #now = Date.now()
  #waiting: Waiting[] = []

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now
  }

  /** Timers that have not run. */
  get pending(): number {
    return this.#waiting.length
  }

  install(): void {
    Date.now = () => this.#now
    globalThis.setTimeout = ((run: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) => {
      const timer = { at: this.#now + Math.max(ms, 1), run: () => run(...values) }
      this.#waiting.push(timer)
      if (this.#waiting.length === 1) setImmediate(() => this.#step())
      return timer
    }) as unknown as typeof setTimeout
    globalThis.clearTimeout = ((timer: Waiting) => {
      this.#waiting = this.#waiting.filter((other) => other !== timer)
    }) as unknown as typeof clearTimeout
  }

  restore(): void {
    globalThis.setTimeout = this.#real.setTimeout
    globalThis.clearTimeout = this.#real.clearTimeout
    Date.now = this.#real.now
  }

  #step(): void {
    if (this.#waiting.length === 0) return
    const next = this.#waiting.reduce((first, other) => (other.at < first.at ? other : first))
    this.#waiting.splice(this.#waiting.indexOf(next), 1)
    this.#now = Math.max(this.#now, next.at)
    next.run()
    if (this.#waiting.length > 0) setImmediate(() => this.#step())
  }
}
