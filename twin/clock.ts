import type { Clock, Timer } from '../modules/ports/clock.js'

/** The computer's clock, `speed` times as fast, counted from when it was made. */
export class RealClock implements Clock {
  #start = performance.now()
  #speed: number

  constructor(speed = 1) {
    this.#speed = speed
  }

  now(): number {
    return (performance.now() - this.#start) * this.#speed
  }

  set(callback: () => void, ms: number): Timer {
    // Node 24 warns of a time that has passed.
    return setTimeout(callback, Math.max(0, ms / this.#speed))
  }

  clear(timer: Timer | undefined): void {
    clearTimeout(timer as NodeJS.Timeout | undefined)
  }
}

/** The clock of one boot: it counts from when it was made, as a machine's does from its start. */
export class BootClock implements Clock {
  #clock: Clock
  #start: number
  #timers: Set<Timer> | undefined = new Set()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#start = clock.now()
  }

  now(): number {
    return this.#clock.now() - this.#start
  }

  set(callback: () => void, ms: number): Timer {
    if (this.#timers === undefined) return undefined
    const timer = this.#clock.set(() => {
      this.#timers?.delete(timer)
      callback()
    }, ms)
    this.#timers.add(timer)
    return timer
  }

  clear(timer: Timer | undefined): void {
    this.#timers?.delete(timer)
    this.#clock.clear(timer)
  }

  /** Ends with the machine's power: it cancels what the machine has planned and ignores what its last promises plan. */
  stop(): void {
    for (const timer of this.#timers ?? []) this.#clock.clear(timer)
    this.#timers = undefined
  }
}

interface Event {
  readonly at: number
  readonly order: number
  /** Undefined once the event is cancelled. */
  callback: (() => void) | undefined
}

/** A clock that only moves in `run`, event by event, so that days pass in seconds and always in the same way. */
export class VirtualClock implements Clock {
  #now = 0
  #order = 0
  /** A binary heap by time, then by order of setting. */
  #events: Event[] = []
  #settled: () => Promise<void>

  /** @param settled resolves when every promise that could settle has */
  constructor(settled = jobsDone) {
    this.#settled = settled
  }

  now(): number {
    return this.#now
  }

  /** When the next event comes; a cancelled one counts until then. */
  get next(): number {
    return this.#events[0]?.at ?? Number.POSITIVE_INFINITY
  }

  set(callback: () => void, ms: number): Timer {
    const event = { at: this.#now + Math.max(0, ms), order: this.#order++, callback }
    this.#push(event)
    return event
  }

  clear(timer: Timer | undefined): void {
    if (timer !== undefined) (timer as Event).callback = undefined
  }

  /** Lets `ms` milliseconds pass, or less when `until` becomes true. */
  async run(ms: number, until: () => boolean = () => false): Promise<void> {
    const end = this.#now + ms
    await this.#settled()
    while (!until()) {
      const event = this.#events[0]
      if (event === undefined || event.at > end) {
        this.#now = end
        return
      }
      this.#pop()
      if (event.callback === undefined) continue
      this.#now = event.at
      event.callback()
      await this.#settled()
    }
  }

  #push(event: Event): void {
    const heap = this.#events
    let i = heap.push(event) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!before(event, heap[parent]!)) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = event
  }

  #pop(): void {
    const heap = this.#events
    const last = heap.pop()!
    if (heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, last)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
  }
}

/** Waits as many turns of the job queue as any dialogue needs, which works on every engine. */
async function jobsDone(): Promise<void> {
  for (let i = 0; i < 30; i++) await undefined
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
