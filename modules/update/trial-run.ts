import type { UpdateHost } from './host.js'
import type { UpdateOptions } from './options.js'
import { type Outcome, updateText } from './outcome.js'
import { Probation, type ProbationHost } from './probation.js'
import type { Trial, UpdateRecord } from './record.js'

const WENT_BACK: Readonly<Record<Trial['stage'], string>> = Object.freeze({
  asked: 'never started',
  started: 'crashed or lost power',
  network: 'the broker was not reached',
  meter: 'the meter was not read',
})

/** The first run of a new image, and what the image before does when that one did not prove itself. */
export class TrialRun implements ProbationHost {
  #options: UpdateOptions
  #host: UpdateHost
  #record: UpdateRecord
  #outcome: Outcome
  #probation: Probation | undefined

  constructor(options: UpdateOptions, host: UpdateHost, record: UpdateRecord, outcome: Outcome) {
    this.#options = options
    this.#host = host
    this.#record = record
    this.#outcome = outcome
  }

  get isRunning(): boolean {
    return this.#probation !== undefined
  }

  start(): void {
    const { slots } = this.#options
    const { trial } = this.#record.state
    if (trial !== undefined && trial.slot !== slots!.running) this.#onWentBack(trial)
    // A power cut while the boot record is written can leave a new image without its probation.
    else if (trial !== undefined || slots!.isOnProbation) this.#begin(trial)
  }

  close(): void {
    this.#probation?.close()
    this.#probation = undefined
  }

  get delivered(): number {
    return this.#host.delivered
  }

  get deliveredSamples(): number {
    return this.#host.meterWasRead ? this.#host.deliveredSamples : 0
  }

  onProven(): void {
    const { slots, image, log } = this.#options
    const { trial } = this.#record.state
    this.close()
    if (!slots!.keep()) {
      log('update: flash does not take that the image has proven itself')
      return this.#begin(trial)
    }
    const outcome = updateText('good', trial?.version ?? image.version)
    if (this.#record.change({ trial: undefined, failed: undefined, outcome })) this.#outcome.onStored()
  }

  onNotProven(stage: 'network' | 'meter'): void {
    const { slots, log } = this.#options
    const { trial } = this.#record.state
    this.close()
    if (trial !== undefined) this.#record.change({ trial: { ...trial, stage } })
    log(`update: ${WENT_BACK[stage]}; the image before comes back`)
    this.#host.restart()
    slots!.giveUp()
    // There is nothing to go back to: better this image than none.
    if (slots!.keep()) this.#record.change({ trial: undefined })
  }

  #begin(trial: Trial | undefined): void {
    if (trial?.stage === 'asked') this.#record.change({ trial: { ...trial, stage: 'started' } })
    this.#probation = new Probation(this.#options.clock, this, trial?.meterWasRead ?? true)
  }

  #onWentBack({ stage, version, sha256 }: Trial): void {
    const reason = WENT_BACK[stage]
    this.#options.log(`update: ${version} ${reason}`)
    const failed = { sha256, reason, needsForce: stage === 'asked' || stage === 'started' }
    this.#record.change({ trial: undefined, failed, outcome: updateText('rolled_back', version, { reason }) })
  }
}
