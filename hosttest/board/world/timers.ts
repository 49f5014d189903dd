import type { Hardware, Part } from './hardware.js'
import type { TaskTimers, Turn } from './main-task.js'

interface Entry {
  /** The clock; undefined while it is not scheduled. */
  at: number | undefined
  repeat: number
  /** It fires in this round, whatever becomes of its time. */
  isMarked: boolean
}

/**
 * MOD/modules/base/timer/mc/timer.c: timers run in the main task, between messages. :62 all that are due fire in the order in
 * which they were made, those that are made meanwhile not among them; :82 the interval counts from when one was due; :90 one
 * that fires once goes, also when it was given another time meanwhile; :168 a new one is the last; :178 another time for one
 * leaves it its place, and its mark; :188 none takes the mark too.
 */
export class Timers implements Part, TaskTimers {
  /** By handle, in the order in which they were made. */
  #entries = new Map<number, Entry>()
  readonly operations

  constructor(hardware: Hardware) {
    hardware.task.timers = this
    this.operations = {
      'timer.set': (handle: number, delay: number, repeat: number) =>
        void this.#entries.set(handle, { at: hardware.taskTime + delay, repeat, isMarked: false }),
      'timer.schedule': (handle: number, delay: number, repeat: number) =>
        void Object.assign(this.#entries.get(handle)!, { at: hardware.taskTime + delay, repeat }),
      'timer.unschedule': (handle: number) =>
        void Object.assign(this.#entries.get(handle)!, { at: undefined, repeat: -1, isMarked: false }),
      'timer.clear': (handle: number) => void this.#entries.delete(handle),
    }
  }

  reset(): void {
    this.#entries.clear()
  }

  get next(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { at } of this.#entries.values()) if (at !== undefined && at < next) next = at
    return next
  }

  mark(now: number): void {
    for (const entry of this.#entries.values()) if (entry.at !== undefined && entry.at <= now) entry.isMarked = true
  }

  take(): Turn | undefined {
    for (const [handle, entry] of this.#entries)
      if (entry.isMarked) return { name: 'timer', run: () => this.#fire(handle, entry) }
    return undefined
  }

  #fire(handle: number, entry: Entry): string | undefined {
    entry.isMarked = false
    entry.at! += entry.repeat
    const reason = call(handle)
    if (entry.repeat === 0 && this.#entries.get(handle) === entry) this.#entries.delete(handle)
    return reason
  }
}
