/** Milliseconds after which somebody wants to know that it goes on, and between two such lines. */
const PATIENCE = 2_000
const PAUSE = 500

/** A line on a terminal that says how far a long command is. Nothing where standard error is none. */
export class Progress {
  #state: () => string
  #next = performance.now() + PATIENCE
  #isShown = false

  /** @param state how far it is */
  constructor(state: () => string) {
    this.#state = state
  }

  /** Call this now and then. */
  async flush(): Promise<void> {
    const now = performance.now()
    if (!process.stderr.isTTY || now < this.#next) return
    this.#next = now + PAUSE
    this.#isShown = true
    process.stderr.write(`\r\u001b[K${this.#state()} `)
  }

  /** Shows it while something goes on. */
  async during<T>(work: Promise<T>): Promise<T> {
    const timer = setInterval(() => void this.flush(), PAUSE)
    try {
      return await work
    } finally {
      clearInterval(timer)
      this.end()
    }
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K')
    this.#isShown = false
  }
}

/**
 * How long the rest will take at the pace of what is done, for people; empty where nobody can say yet.
 * @param share what is done, 0 to 1
 * @param began when it began, as `performance.now()` has it
 */
export function timeLeft(share: number, began: number): string {
  if (!(share > 0.01) || share > 1) return ''
  const seconds = Math.round((((performance.now() - began) / 1000) * (1 - share)) / share)
  const text =
    seconds < 100
      ? `${seconds} s`
      : seconds < 6_000
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3600)} h`
  return `, about ${text} left`
}
