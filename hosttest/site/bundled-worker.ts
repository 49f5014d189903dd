import { createContext, runInContext } from 'node:vm'
import type { Item, Order, Report } from '../../site/world/protocol.js'
import { KEY } from './key.js'

/** The worker's bundle in a context that has what a browser's worker has, and no Node. Its clock stands still. */
export class BundledWorker {
  readonly items: Item[] = []
  #listener: ((event: { readonly data: Order }) => void) | undefined
  #isOpen = true
  #now = 0

  constructor(script: string) {
    const context = createContext({
      performance: { now: () => 0 },
      setTimeout: (turn: () => void) => void setImmediate(() => this.#isOpen && turn()),
      crypto: { getRandomValues: () => KEY.slice() },
      postMessage: (report: Report) => this.#onReport(structuredClone(report)),
      addEventListener: (_: string, listener: (event: { readonly data: Order }) => void) => {
        this.#listener = listener
      },
    })
    runInContext(script, context)
  }

  send(order: Order): void {
    this.#listener!({ data: structuredClone(order) })
  }

  /** Lets so much device time pass, in which the page shows each batch. */
  async pass(ms: number): Promise<void> {
    const goal = this.#now + ms
    this.send({ do: 'pass', ms })
    while (this.#now < goal) await new Promise((resolve) => setImmediate(resolve))
  }

  close(): void {
    this.#isOpen = false
  }

  #onReport(report: Report): void {
    if (report.is === 'batch') {
      this.items.push(...report.items)
      this.#now = report.state.now
      setImmediate(() => this.#isOpen && this.send({ do: 'shown' }))
    }
  }
}
