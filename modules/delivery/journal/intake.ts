import type { Clock } from '../../ports/clock.js'
import { encodeBody } from './body.js'
import type { Log } from './log.js'
import { Slices } from './slices.js'

export interface Sample {
  /** Topic up to the time. */
  readonly prefix: string
  /** Monotonic milliseconds. */
  readonly at: number
  readonly text: string
}

export interface IntakeOptions {
  readonly log: Log
  readonly clock: Clock
  /** Unix seconds of a moment of the monotonic clock (ms); undefined as long as the time is not known. */
  unix(at: number): number | undefined
  /** The log is open and has what was taken by then; the result is what else is to be done, in small pieces. */
  onOpen(): Iterator<void>
  /** There is nothing left to do. */
  onIdle(): void
  /** The flash does not take a sample. */
  onRefused(sample: Sample): void
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
  #waiting: Sample[] = []
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
  }

  /** Whether the log can be used. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Takes a sample. It is written at once, or as soon as the flash is ready for it. */
  append(sample: Sample): void {
    const { log, onRefused } = this.#options
    const body = encodeBody(sample.prefix, sample.text)
    if (this.#isOpen && this.#waiting.length === 0 && log.minutes.hasRoom(body.length)) return this.#write(sample, body)
    this.#waiting.push(sample)
    if (this.#waiting.length > MOST_WAITING) onRefused(this.#waiting.shift()!)
    this.#slices.run()
  }

  /** To be called when the time may have become known: what was written before it is lost if the boot ends without. */
  noteTime(): void {
    const { log, unix } = this.#options
    if (!this.#isOpen || log.isDated) return
    const began = unix(0)
    if (began !== undefined) log.setTime(began)
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

  #write(sample: Sample, body: Uint8Array): void {
    const { log, unix, onRefused } = this.#options
    // Nothing dated may come before the clock of a boot that has written without.
    this.noteTime()
    if (!log.write(body, unix(sample.at), Math.floor(sample.at / 1000))) onRefused(sample)
  }
}
