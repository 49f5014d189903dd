import type { Clock, Timer } from '../modules/ports/clock.js'
import type { Store } from './store/store.js'

export interface RetentionOptions {
  readonly clock: Clock
  readonly store: Store
  /** ms */
  readonly keep: number
  say(line: string): void
}

/** ms between two looks, at most and at least */
const LONGEST = 3_600_000
const SHORTEST = 1_000

/** Removes samples that are older than what is kept, again and again. */
export class Retention {
  #options: RetentionOptions
  #timer: Timer | undefined
  #isClosed = false
  #isAway = false

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  start(): void {
    void this.#look()
  }

  close(): void {
    this.#isClosed = true
    this.#options.clock.clear(this.#timer)
  }

  async #look(): Promise<void> {
    const { clock, store, keep, say } = this.#options
    try {
      await store.prune(keep)
      this.#isAway = false
    } catch (error) {
      if (!this.#isAway && !this.#isClosed) say(`--keep: ${(error as Error).message}; trying again`)
      this.#isAway = true
    }
    if (!this.#isClosed) this.#timer = clock.set(() => void this.#look(), pauseOf(keep))
  }
}

function pauseOf(keep: number): number {
  return Math.min(LONGEST, Math.max(SHORTEST, keep / 10))
}
