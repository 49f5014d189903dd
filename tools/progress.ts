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
    process.stderr.write(`\r${this.#state()} `)
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K')
  }
}
