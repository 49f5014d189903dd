/** What `Clock.set` hands out and `Clock.clear` takes. */
export type Timer = unknown

/** Monotonic time and timers of one host. Wall time is kept by `time/wall-clock`. */
export interface Clock {
  /** Milliseconds since power-on; never jumps and never goes back. */
  now(): number
  /** Calls back once, `ms` milliseconds from now; fewer than 2^31, 24.8 days, which the SDK compares as int32. */
  set(callback: () => void, ms: number): Timer
  /** Cancels; unknown, expired and undefined timers are ignored. */
  clear(timer: Timer | undefined): void
}
