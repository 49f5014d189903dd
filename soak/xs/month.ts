import '../../hosttest/xs/shim/buffer.js'
import { live } from '../../hosttest/xs/scripts/figures.js'
import { makeSchedule } from '../schedule.js'
import { Soak } from '../soak.js'

export interface Result {
  /** Of each day: bytes in use after collection, without code, flash and books. */
  readonly heap: readonly number[]
  readonly violations: number
}

/** Plays days on XS; prints a `Result`. */
export async function play(seed: number, days: number): Promise<void> {
  const schedule = makeSchedule(seed, days)
  const code = live()
  const { heap, violationCount } = await new Soak({ seed, days, schedule, heapUsed: () => live() - code }).play()
  const result: Result = { heap, violations: violationCount }
  print(JSON.stringify(result))
}
