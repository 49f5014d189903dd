import type { Clock } from '../../ports/clock.js'
import type { WallClock } from '../../time/wall-clock.js'
import type { Draft } from '../queue.js'
import { encodeBody } from './body.js'
import type { Log } from './log.js'
import { Slices } from './slices.js'

export interface IntakeOptions {
  readonly log: Log
  readonly clock: Clock
  readonly wallClock: WallClock
  /** Called when the log is open. The result is more work, which is done in small pieces. */
  onOpen(): Iterator<void>
  /** Called when nothing is left to do. */
  onIdle(): void
  /** Called with a sample that the flash does not take. */
  onRefused(sample: Draft): void
}

/** Samples that wait in memory until they can be written. When there are more, the oldest is refused. */
const MOST_WAITING = 16

/**
 * Opens the log and writes samples in the order in which they come. Opening and making room take a while and are done
 * in pieces. Samples that come meanwhile wait in memory.
 */
export class Intake {
  #options: IntakeOptions
  #isOpen = false
  #isRefused = false
  #waiting: Draft[] = []
  #slices: Slices

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#slices = new Slices(
      options.clock,
      () => (this.#isOpen ? this.#writeWaiting() : this.#open()),
      () => {
        if (this.#waiting.length > 0) this.#slices.run()
        options.onIdle()
      },
    )
    this.#slices.run()
    options.wallClock.onSet(() => this.#dateBoot())
  }

  /** Whether the log can be used. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether the flash has refused the last sample. */
  get isRefused(): boolean {
    return this.#isRefused
  }

  /** Writes a sample at once, or as soon as the flash is ready for it. */
  append(sample: Draft): void {
    const { log, onRefused } = this.#options
    const body = encodeBody(sample.prefix, sample.text)
    if (this.#isOpen && this.#waiting.length === 0 && log.recent.hasRoom(body.length)) return this.#write(sample, body)
    this.#waiting.push(sample)
    if (this.#waiting.length > MOST_WAITING) onRefused(this.#waiting.shift()!)
    this.#slices.run()
  }

  /** Calls `onIdle` in a later turn. */
  askAgain(): void {
    this.#slices.run()
  }

  /** Ends the work. An open log gets the samples that still wait. */
  close(): void {
    this.#slices.stop()
    if (!this.#isOpen) return
    for (const sample of this.#waiting.splice(0)) this.#write(sample, encodeBody(sample.prefix, sample.text))
  }

  *#open(): Generator<void> {
    yield* this.#options.log.open()
    this.#isOpen = true
    this.#dateBoot()
    const others = this.#options.onOpen()
    yield* this.#writeWaiting()
    while (!others.next().done) yield
  }

  *#writeWaiting(): Generator<void> {
    const { log } = this.#options
    for (let sample = this.#waiting[0]; sample !== undefined; sample = this.#waiting[0]) {
      const body = encodeBody(sample.prefix, sample.text)
      yield* log.makeRoom(body.length)
      this.#waiting.shift()
      this.#write(sample, body)
      yield
    }
  }

  #write(sample: Draft, body: Uint8Array): void {
    const { log, wallClock, onRefused } = this.#options
    this.#isRefused = !log.write(body, wallClock.at(sample.at), Math.floor(sample.at / 1000))
    if (this.#isRefused) onRefused(sample)
  }

  /** Dates this boot the moment it knows the time: samples written before are lost when power goes before that. */
  #dateBoot(): void {
    const { log, wallClock } = this.#options
    const began = wallClock.at(0)
    if (this.#isOpen && !log.isDated && began !== undefined) log.setBootTime(began)
  }
}
