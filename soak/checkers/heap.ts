import type { Ledger } from '../ledger.js'

/** How much larger the heap may be after the last day than after the first. */
const MOST_GROWTH = 1.01

/** Memory does not grow. */
export class HeapChecker {
  /** Bytes after each day. */
  readonly heap: number[] = []
  #ledger: Ledger
  #measure: (() => number | Promise<number>) | undefined

  /** @param measure bytes in use; nothing is checked without it */
  constructor(ledger: Ledger, measure: (() => number | Promise<number>) | undefined) {
    this.#ledger = ledger
    this.#measure = measure
  }

  /** @param besides bytes that are no memory of the device: its flash and what the checkers keep */
  async onDayEnd(besides: number): Promise<void> {
    if (this.#measure !== undefined) this.heap.push((await this.#measure()) - besides)
  }

  close(): void {
    const [first = 0, last = first] = [this.heap[0], this.heap.at(-1)]
    if (last > first * MOST_GROWTH)
      this.#ledger.violate('memory', `heap of ${first} bytes after day 1, ${last} at the end`)
  }
}
