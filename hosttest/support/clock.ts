import type { Timer } from '../../modules/ports/clock.js'
import { VirtualClock } from '../../twin/clock.js'
import { PowerCut } from '../../twin/flash.js'

export function testClock(): VirtualClock {
  return new VirtualClock()
}

/** Lets `ms` milliseconds pass; a power cut throws into whatever the firmware is doing, and nothing of that goes on. */
export async function runOverCuts(clock: VirtualClock, ms: number, onCut: () => void): Promise<void> {
  const end = clock.now() + ms
  while (clock.now() < end) {
    try {
      await clock.run(end - clock.now())
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error
      onCut()
    }
  }
}

/** A virtual clock whose timers that are due at once fire one by one when they are told to, while no time passes. */
export class Turns extends VirtualClock {
  #due: (() => void)[] = []

  get isIdle(): boolean {
    return this.#due.length === 0
  }

  override set(callback: () => void, ms: number): Timer {
    if (ms > 0) return super.set(callback, ms)
    this.#due.push(callback)
    return callback
  }

  override clear(timer: Timer | undefined): void {
    if (typeof timer !== 'function') super.clear(timer)
    this.#due = this.#due.filter((callback) => callback !== timer)
  }

  /** Lets the next timer fire; false when there is none. */
  turn(): boolean {
    const callback = this.#due.shift()
    callback?.()
    return callback !== undefined
  }

  /** Lets timers fire until there is none left. */
  settle(): void {
    while (this.turn());
  }
}

/** Counts the timers that are set and neither fired nor cleared. */
export class CountingClock extends VirtualClock {
  readonly pending = new Set<Timer>()

  override set(callback: () => void, ms: number): Timer {
    const timer = super.set(() => {
      this.pending.delete(timer)
      callback()
    }, ms)
    this.pending.add(timer)
    return timer
  }

  override clear(timer: Timer | undefined): void {
    if (timer !== undefined) this.pending.delete(timer)
    super.clear(timer)
  }
}
