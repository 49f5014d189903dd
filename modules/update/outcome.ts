import { pairsText } from '../codec/pairs.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { UpdateHost } from './host.js'
import type { UpdateRecord } from './record.js'

/** Then the broker has been told. */
const TOLD = 60_000

/** How the last update ended: it stays in flash until the broker was told. */
export class Outcome {
  #clock: Clock
  #record: UpdateRecord
  #host: UpdateHost
  #told: Timer | undefined

  constructor(clock: Clock, record: UpdateRecord, host: UpdateHost) {
    this.#clock = clock
    this.#record = record
    this.#host = host
  }

  close(): void {
    this.#clock.clear(this.#told)
    this.#told = undefined
  }

  /** Another one is stored, in place of the one before. */
  onStored(): void {
    this.close()
    if (this.#host.brokerConnected) this.onConnected()
  }

  onConnected(): void {
    const { outcome } = this.#record.state
    if (outcome === undefined || this.#told !== undefined) return
    this.#host.tell(outcome)
    this.#told = this.#clock.set(() => {
      this.#told = undefined
      this.#record.change({ outcome: undefined })
    }, TOLD)
  }
}

/** What is told of an update: `state=refused&version=0.2.0&reason=bad signature`. */
export function updateText(state: string, version: string, more: Readonly<Record<string, string>> = {}): string {
  return pairsText({ state, version, ...more })
}
