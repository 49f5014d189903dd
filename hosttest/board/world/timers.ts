import type { Timer } from '../../../modules/ports/clock.js'
import type { Hardware, Part } from './hardware.js'

/** MOD/modules/base/timer/mc/modTimer.c: timers run in the main task, between messages. */
export class Timers implements Part {
  #timers = new Map<number, Timer>()
  readonly operations
  #hardware: Hardware

  constructor(hardware: Hardware) {
    this.#hardware = hardware
    this.operations = {
      'timer.set': (handle: number, delay: number, repeat: number) => this.#set(handle, delay, repeat),
      'timer.clear': (handle: number) => {
        hardware.clock.clear(this.#timers.get(handle))
        this.#timers.delete(handle)
      },
    }
  }

  reset(): void {
    for (const timer of this.#timers.values()) this.#hardware.clock.clear(timer)
    this.#timers.clear()
  }

  #set(handle: number, delay: number, repeat: number): void {
    const timer = this.#hardware.clock.set(
      () => {
        if (repeat > 0) this.#set(handle, repeat, repeat)
        else this.#timers.delete(handle)
        this.#hardware.fire('timer', handle)
      },
      Math.max(0, delay),
    )
    this.#timers.set(handle, timer)
  }
}
