import Time from 'time'
import SdkTimer from 'timer'
import type { Clock, Timer } from '../ports/clock.js'

/**
 * The SDK's timers, and its ticks without their wrap after 49.7 days. `Time.delta` subtracts in 32 bits and hands out an
 * int32 (modules/base/time/esp/modTime.c), which is right over the wrap from one call of `now` to the next within 24.8
 * days; the watchdog calls it every minute.
 */
export class DeviceClock implements Clock {
  #now = 0
  #ticks = Time.ticks

  now(): number {
    const ticks = Time.ticks
    this.#now += Time.delta(this.#ticks, ticks)
    this.#ticks = ticks
    return this.#now
  }

  set(callback: () => void, ms: number): Timer {
    return SdkTimer.set(callback, Math.max(0, Math.round(ms)))
  }

  /** The SDK ignores what is no timer, and one that has called back (modTimer.c, xs_timer_clear). */
  clear(timer: Timer | undefined): void {
    SdkTimer.clear(timer as SdkTimer)
  }
}
