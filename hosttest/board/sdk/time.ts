/// <reference path="./globals.d.ts" />
import { toInteger, toUnsigned } from 'board/native'

/*
 * MOD/modules/base/time/time.js, esp/modTime.c:
 * :27 `set` takes 32 bits without a sign, and whole seconds;
 * :55 `ticks` is the tick counter of FreeRTOS as 32 bits with a sign: negative after 24.9 days, 0 again after 49.7;
 * :62 `delta` takes its arguments without a sign and answers with one; with one argument it ends now.
 * Timezone and DST are seconds that only `mktime` looks at (MOD/xs/platforms/esp/xsHost.c:761).
 */
class Time {
  static set(value: number): void {
    world('time.set', toUnsigned(value))
  }

  static get timezone(): number {
    return world('time.zone')
  }

  static set timezone(seconds: number) {
    world('time.setZone', toInteger(seconds))
  }

  static get dst(): number {
    return world('time.dst')
  }

  static set dst(seconds: number) {
    world('time.setDst', toInteger(seconds))
  }

  static get ticks(): number {
    return world('time.ticks')
  }

  static delta(start: number, end?: number): number {
    // biome-ignore lint/complexity/noArguments: an undefined second argument is 0
    const stop = arguments.length > 1 ? toUnsigned(end) : toUnsigned(Time.ticks)
    return toInteger(stop - toUnsigned(start))
  }
}

export default Time
