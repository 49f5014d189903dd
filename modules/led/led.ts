import type { Clock, Timer } from '../ports/clock.js'
import type { OutputPort } from '../ports/output.js'

/** The board's light; 1 is on. */
export class Led {
  #clock: Clock
  #output: OutputPort
  #lit = false
  #timer: Timer | undefined

  constructor(clock: Clock, output: OutputPort) {
    this.#clock = clock
    this.#output = output
    this.#show(false)
  }

  /** Changes between on and off every `ms` milliseconds, dark at first. */
  blink(ms: number): void {
    this.off()
    const toggle = () => {
      this.#show(!this.#lit)
      this.#timer = this.#clock.set(toggle, ms)
    }
    this.#timer = this.#clock.set(toggle, ms)
  }

  /** On for `ms` milliseconds. */
  flash(ms: number): void {
    this.off()
    this.#show(true)
    this.#timer = this.#clock.set(() => this.#show(false), ms)
  }

  off(): void {
    this.#clock.clear(this.#timer)
    this.#show(false)
  }

  #show(lit: boolean): void {
    this.#lit = lit
    this.#output.write(lit ? 1 : 0)
  }
}
