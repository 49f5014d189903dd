import { mc66b, mc66c } from '../en61107/driver.js'
import { impulse, impulseDevBoard } from '../impulse/driver.js'
import { kmp } from '../kmp/driver.js'
import { demo } from '../meters/demo.js'
import type { MeterDriver } from '../meters/driver.js'
import { flowiq } from '../radio/flowiq.js'

/** Every kind of meter that a build can be for (docs/add-a-meter.md). The first is that of a build which names none. */
export const DRIVERS: readonly MeterDriver[] = Object.freeze([
  kmp,
  flowiq,
  mc66c,
  mc66b,
  impulse,
  impulseDevBoard,
  demo,
])
