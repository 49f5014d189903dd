import type { Ledger } from '../ledger.js'

/** How much larger the heap may be at the end than after the first day. */
const MOST_GROWTH = 1.01

/** Memory does not grow: nothing goes wrong for a while before both moments that are compared. */
export class HeapChecker {
  /** Bytes at the end of each day, and after the rest: the least of some looks. */
  readonly heap: number[] = []
  #least = Number.POSITIVE_INFINITY
  #ledger: Ledger
  #measure: (() => number | Promise<number>) | undefined

  /** @param measure bytes in use; nothing is checked without it */
  constructor(ledger: Ledger, measure: (() => number | Promise<number>) | undefined) {
    this.#ledger = ledger
    this.#measure = measure
  }

  /** @param besides bytes that are no memory of the device: its flash and what the checkers and actors keep */
  async look(besides: number): Promise<void> {
    if (this.#measure !== undefined) this.#least = Math.min(this.#least, (await this.#measure()) - besides)
  }

  /** A day ends, or the rest. */
  onEnd(): void {
    if (this.#least < Number.POSITIVE_INFINITY) this.heap.push(this.#least)
    this.#least = Number.POSITIVE_INFINITY
  }

  close(): void {
    const [first = 0, last = first] = [this.heap[0], this.heap.at(-1)]
    if (last > first * MOST_GROWTH)
      this.#ledger.violate('memory', `heap of ${first} bytes after day 1, ${last} at the end`)
  }
}
