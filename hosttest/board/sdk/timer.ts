/// <reference path="./globals.d.ts" />
/*
 * MOD/modules/base/timer/timer.js, modTimer.c. `xsmcToInteger` takes 32 bits: a longer interval is another one.
 */

interface Native {
  handle: number
  repeats: boolean
}

export default class Timer {
  static set(callback: (timer: Timer) => void, delay = 0, repeat = 0): Timer {
    if (typeof callback !== 'function') throw new TypeError('callback: not a function')
    const timer = new Timer()
    const native: Native = {
      handle: hold(() => {
        callback(timer)
        // The callback may have cleared it.
        if (!native.repeats && native.handle !== 0) forget(native)
      }),
      repeats: repeat !== 0,
    }
    Object.defineProperty(timer, 'native', { value: native })
    world('timer.set', native.handle, delay | 0, repeat | 0)
    return timer
  }

  static repeat(callback: (timer: Timer) => void, delay: number): Timer {
    return Timer.set(callback, delay, delay)
  }

  /** Another interval for a timer that is set; none at all stops it. */
  static schedule(timer: Timer, delay?: number, repeat = 0): void {
    const native = nativeOf(timer)
    if (native === undefined || native.handle === 0) throw new Error('invalid timer')
    if (delay === undefined) {
      native.repeats = true
      return world('timer.unschedule', native.handle)
    }
    native.repeats = repeat !== 0
    world('timer.schedule', native.handle, delay | 0, repeat | 0)
  }

  /** What is no timer, or one that is gone, is ignored (xs_timer_clear). */
  static clear(timer?: Timer): void {
    const native = nativeOf(timer)
    if (native === undefined || native.handle === 0) return
    world('timer.clear', native.handle)
    forget(native)
  }
}

function forget(native: Native): void {
  drop(native.handle)
  native.handle = 0
}

function nativeOf(timer: unknown): Native | undefined {
  return (timer as { native?: Native } | undefined)?.native
}
