import type { Clock, Timer } from '../../modules/ports/clock.js'
import { VirtualClock } from '../../twin/clock.js'
import { PowerCut } from '../../twin/flash.js'

/** A virtual clock for any engine: promises settle by turns of the job queue, of which no dialogue needs more. */
export function testClock(): VirtualClock {
  return new VirtualClock(async () => {
    for (let i = 0; i < 30; i++) await undefined
  })
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

/** A clock on which no time passes, and whose timers fire one by one when they are told to. */
export class Turns implements Clock {
  #waiting: (() => void)[] = []

  now(): number {
    return 0
  }

  set(callback: () => void): Timer {
    this.#waiting.push(callback)
    return callback
  }

  clear(timer: Timer | undefined): void {
    this.#waiting = this.#waiting.filter((callback) => callback !== timer)
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0
  }

  /** Lets the next timer fire; false when there is none. */
  turn(): boolean {
    const callback = this.#waiting.shift()
    callback?.()
    return callback !== undefined
  }

  /** Lets timers fire until there is none left. */
  settle(): void {
    while (this.turn());
  }
}
