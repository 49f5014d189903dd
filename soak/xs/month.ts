import '../../hosttest/xs/shim/buffer.js'
import { makeSchedule } from '../schedule.js'
import { Soak } from '../soak.js'

/** What the engine gives its scripts (hosttest/xs/host). */
declare function print(text: string): void
declare function gc(): void
declare function stat(index: 0 | 2 | 4): number

export interface Result {
  /** Of each day: bytes in use after collection, without code, flash and books. */
  readonly heap: readonly number[]
  readonly violations: number
}

function live(): number {
  gc()
  return stat(0) + stat(2) * stat(4)
}

/** Plays days on XS; prints a `Result`. */
export async function play(seed: number, days: number): Promise<void> {
  const schedule = makeSchedule(seed, days)
  const code = live()
  const { heap, violationCount } = await new Soak({ seed, days, schedule, heapUsed: () => live() - code }).play()
  const result: Result = { heap, violations: violationCount }
  print(JSON.stringify(result))
}
