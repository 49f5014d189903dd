import type { Clock } from '../modules/ports/clock.js'
import type { Opener } from './opener.js'
import { Pipeline, type Sink } from './pipeline.js'

export interface IntakeOptions {
  readonly clock: Clock
  readonly opener: Opener
  /** Who takes care of what devices say. */
  readonly sinks: readonly Sink[]
  /** Unix milliseconds. */
  unix(): number
  say(line: string): void
}

/** Opens what devices say, and acknowledges it when all have taken care of it. */
export class Intake {
  #options: IntakeOptions
  #pipeline: Pipeline

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#pipeline = new Pipeline(options.sinks, options.clock, options.say)
  }

  onMessage(topic: string, payload: Uint8Array, acknowledge: () => void): void {
    const { opener, unix } = this.#options
    const arrival = opener.open(topic, payload, unix())
    if (arrival === undefined) acknowledge()
    else this.#pipeline.push(arrival, acknowledge)
  }

  close(): void {
    this.#pipeline.close()
  }
}
