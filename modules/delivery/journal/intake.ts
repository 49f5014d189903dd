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
  /** The log is open and has what was taken by then; the result is what else is to be done, in small pieces. */
  onOpen(): Iterator<void>
  /** There is nothing left to do. */
  onIdle(): void
  /** The flash does not take a sample. */
  onRefused(sample: Draft): void
}

/** Samples that wait in memory until they can be written; of more the first is refused. */
const MOST_WAITING = 16

/**
 * Opens the log and writes what is taken, in its order. Opening and making room take a while and are done in pieces;
 * samples that are taken meanwhile wait in memory.
 */
export class Intake {
  #options: IntakeOptions
  #isOpen = false
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

  /** Takes a sample. It is written at once, or as soon as the flash is ready for it. */
  append(sample: Draft): void {
    const { log, onRefused } = this.#options
    const body = encodeBody(sample.prefix, sample.text)
    if (this.#isOpen && this.#waiting.length === 0 && log.minutes.hasRoom(body.length)) return this.#write(sample, body)
    this.#waiting.push(sample)
    if (this.#waiting.length > MOST_WAITING) onRefused(this.#waiting.shift()!)
    this.#slices.run()
  }

  /** Calls `onIdle` in a later turn. */
  askAgain(): void {
    this.#slices.run()
  }

  /** Ends the work; what waits and can be written is. */
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
    if (!log.write(body, wallClock.at(sample.at), Math.floor(sample.at / 1000))) onRefused(sample)
  }

  /** Dates this boot the moment it knows the time: samples written before are lost when power goes before that. */
  #dateBoot(): void {
    const { log, wallClock } = this.#options
    const began = wallClock.at(0)
    if (this.#isOpen && !log.isDated && began !== undefined) log.setTime(began)
  }
}
