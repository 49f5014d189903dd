import type { Clock } from '../modules/ports/clock.js'
import { DeviceUpdate, type Outcome } from './device-update.js'

export interface RollOutOptions {
  readonly clock: Clock
  readonly version: string
  /** Serial numbers, in stages. */
  readonly stages: readonly (readonly string[])[]
  /** Devices that are under way at a time. */
  readonly parallel: number
  /** Milliseconds without a word of a device. */
  readonly patience: number
}

export interface RollOutHost {
  /** @param number from 1 */
  onStage(number: number, devices: number): void
  /** Publishes the command. @param hasAnswered whether the device has answered one before */
  offer(serial: string, hasAnswered: boolean): void
  onStep(serial: string, step: string): void
  onOutcome(serial: string, outcome: Outcome): void
  /** All devices are good, or one has failed and no other is under way. */
  onEnd(): void
}

/** Brings devices to a version, stage by stage. After the first failure no further device is told; those under way are waited for. */
export class RollOut {
  #options: RollOutOptions
  #host: RollOutHost
  #underWay = new Map<string, DeviceUpdate>()
  /** How many stages have begun. */
  #stage = 0
  #waiting: string[] = []
  /** One has failed, or somebody has ended it: no further device is told. */
  #isOver = false

  constructor(options: RollOutOptions, host: RollOutHost) {
    this.#options = options
    this.#host = host
  }

  start(): void {
    this.#next()
  }

  /** Tells no further device and forgets those under way. */
  close(): void {
    this.#isOver = true
    for (const device of this.#underWay.values()) device.close()
  }

  isUnderWay(serial: string): boolean {
    return this.#underWay.has(serial)
  }

  onUpdate(serial: string, text: string): void {
    this.#underWay.get(serial)?.onUpdate(text)
  }

  onVersion(serial: string, text: string): void {
    this.#underWay.get(serial)?.onVersion(text)
  }

  onReconnected(): void {
    for (const device of this.#underWay.values()) device.onReconnected()
  }

  #next(): void {
    const { stages, parallel } = this.#options
    while (!this.#isOver && this.#underWay.size < parallel) {
      const serial = this.#waiting.shift()
      if (serial !== undefined) this.#begin(serial)
      else if (this.#underWay.size > 0 || this.#stage === stages.length) break
      else this.#beginStage(stages[this.#stage]!)
    }
    if (this.#underWay.size === 0) this.#host.onEnd()
  }

  #beginStage(serials: readonly string[]): void {
    this.#stage++
    this.#waiting = [...serials]
    if (serials.length > 0) this.#host.onStage(this.#stage, serials.length)
  }

  #begin(serial: string): void {
    const { clock, version, patience } = this.#options
    const device = new DeviceUpdate(clock, version, patience, {
      offer: (hasAnswered) => this.#host.offer(serial, hasAnswered),
      onStep: (step) => this.#host.onStep(serial, step),
      onOutcome: (outcome) => {
        this.#underWay.delete(serial)
        this.#isOver ||= outcome.state !== 'good'
        this.#host.onOutcome(serial, outcome)
        this.#next()
      },
    })
    this.#underWay.set(serial, device)
    device.start()
  }
}
