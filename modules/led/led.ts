import type { Clock, Timer } from '../ports/clock.js'
import type { OutputPort } from '../ports/output.js'

/** Alternating on and off times in milliseconds, repeated. The light stays on after `Infinity`. */
export type Pattern = readonly number[]

/** The board's light; 1 is on. */
export class Led {
  #clock: Clock
  #output: OutputPort
  #pattern: Pattern = []
  #timer: Timer | undefined

  constructor(clock: Clock, output: OutputPort) {
    this.#clock = clock
    this.#output = output
    this.#output.write(0)
  }

  /** Changes between on and off every `ms` milliseconds. */
  blink(ms: number): void {
    this.play([ms, ms])
  }

  play(pattern: Pattern): void {
    this.#pattern = pattern
    this.#show(0)
  }

  off(): void {
    this.play([])
  }

  /** Switches the light on for `ms` milliseconds, off for as long, and then starts its pattern again. */
  flash(ms: number): void {
    this.#clock.clear(this.#timer)
    this.#output.write(1)
    this.#timer = this.#clock.set(() => {
      this.#output.write(0)
      this.#timer = this.#clock.set(() => this.#show(0), ms)
    }, ms)
  }

  #show(phase: number): void {
    this.#clock.clear(this.#timer)
    this.#output.write(this.#pattern.length > 0 && phase % 2 === 0 ? 1 : 0)
    const ms = this.#pattern[phase]
    if (ms === undefined || ms === Number.POSITIVE_INFINITY) return
    this.#timer = this.#clock.set(() => this.#show((phase + 1) % this.#pattern.length), ms)
  }
}
