import '../../hosttest/xs/shim/buffer.js'
import { live } from '../../hosttest/xs/scripts/figures.js'
import { Player } from '../player.js'
import { makeSchedule } from '../schedule.js'

export interface Result {
  /** Bytes in use after each day and collection, without code, flash and ledgers. */
  readonly heap: readonly number[]
  readonly violations: number
}

/** Plays days on XS; prints a `Result`. */
export async function play(seed: number, days: number): Promise<void> {
  // The script itself, with the variables of all modules, leaves the stack first.
  await undefined
  const schedule = makeSchedule(seed, days)
  const code = live()
  const { heap, violationCount } = await new Player({ seed, days, schedule, heapUsed: () => live() - code }).play()
  const result: Result = { heap, violations: violationCount }
  print(JSON.stringify(result))
}
