import type { Timer } from '../../../modules/ports/clock.js'
import type { VirtualClock } from '../../../twin/clock.js'

/** What the main task does without a pause. */
export interface Turn {
  readonly name: string
  /** Runs in the board's machine; why XS gave up, if it did. */
  readonly run: () => string | undefined
}

/** The timers, as the main task sees them. */
export interface TaskTimers {
  /** The clock when the next one is due. */
  readonly next: number
  /** Marks all that are due. */
  mark(now: number): void
  /** The next of those that are marked; it is marked no more. */
  take(): Turn | undefined
}

const NO_TIMERS: TaskTimers = { next: Number.POSITIVE_INFINITY, mark() {}, take: () => undefined }

/**
 * The loop of the board's main task: every timer that is due, then as many messages as waited when it came to them, then the
 * timers again. Beyond the first message it serves none when the next timer is due.
 *
 * MOD/build/devices/esp32/lib/main/main.c:109, xs/platforms/esp/xsHost.c:1041 (modMessageService).
 */
export class MainTask {
  timers = NO_TIMERS
  #clock: VirtualClock
  #turn: (turn: Turn) => void
  #messages: Turn[] = []
  /** Messages that may still be taken before the timers; undefined while it is with the timers. */
  #left: number | undefined
  /** The clock when the timers come next. */
  #until = 0
  #areMarked = false
  #busyUntil = 0
  #wake: Timer | undefined
  #wakeAt = Number.POSITIVE_INFINITY
  #isInTurn = false

  constructor(clock: VirtualClock, turn: (turn: Turn) => void) {
    this.#clock = clock
    this.#turn = turn
  }

  /** Messages that wait. */
  get waiting(): number {
    return this.#messages.length
  }

  /** The clock as the task sees it, which is ahead after a call that took its time. */
  get time(): number {
    return Math.max(this.#busyUntil, this.#clock.now())
  }

  /** The call that the task is in takes so many milliseconds. */
  block(ms: number): void {
    this.#busyUntil = this.time + ms
  }

  post(message: Turn): void {
    this.#messages.push(message)
    this.#plan()
  }

  /** `main` has returned. */
  begin(): void {
    this.#left = undefined
    this.#areMarked = false
    this.#plan()
  }

  /** The machine is gone. */
  reset(): void {
    this.#clock.clear(this.#wake)
    this.#wakeAt = Number.POSITIVE_INFINITY
    this.#messages = []
    this.#left = undefined
    this.#areMarked = false
    this.#busyUntil = 0
  }

  #plan(): void {
    if (this.#isInTurn) return
    const isIdle = this.#messages.length === 0 && this.#left !== undefined
    const at = isIdle ? Math.max(this.time, this.#until) : this.time
    if (at === this.#wakeAt) return
    const clock = this.#clock
    clock.clear(this.#wake)
    this.#wakeAt = at
    this.#wake = at < Number.POSITIVE_INFINITY ? clock.set(() => this.#step(), at - clock.now()) : undefined
  }

  #step(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY
    if (this.time > this.#clock.now()) return this.#plan()
    const turn = this.#next()
    if (turn !== undefined) {
      this.#isInTurn = true
      this.#turn(turn)
      this.#isInTurn = false
    }
    this.#plan()
  }

  /** What comes now; undefined when it sleeps. */
  #next(): Turn | undefined {
    const now = this.#clock.now()
    for (;;) {
      if (this.#left === undefined) {
        if (!this.#areMarked) this.timers.mark(now)
        this.#areMarked = true
        const timer = this.timers.take()
        if (timer !== undefined) return timer
        this.#areMarked = false
        // With none it waits for one.
        this.#left = Math.max(1, this.#messages.length)
        this.#until = this.timers.next
        const first = this.#takeMessage()
        if (first !== undefined || now < this.#until) return first
      } else if (now < this.#until) return this.#takeMessage()
      this.#left = undefined
    }
  }

  #takeMessage(): Turn | undefined {
    const message = this.#messages.shift()
    if (message !== undefined && --this.#left! === 0) this.#left = undefined
    return message
  }
}
