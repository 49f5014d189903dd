import '../../hosttest/xs/shim/buffer.js'
import { live } from '../../hosttest/xs/scripts/figures.js'
import { Player } from '../player.js'
import { makeSchedule } from '../schedule.js'

export interface Result {
  /** Bytes in use after each day, and at rest at the end, after collection; without code, flash and ledgers. */
  readonly heap: readonly number[]
  readonly violationCount: number
  /** The first of them. */
  readonly violations: readonly string[]
}

/** Plays days on XS; prints a `Result`. */
export async function play(seed: number, days: number): Promise<void> {
  // The script itself, with the variables of all modules, leaves the stack first.
  await undefined
  const schedule = makeSchedule(seed, days)
  const code = live()
  const { heap, violationCount, violations } = await new Player({
    seed,
    days,
    schedule,
    heapUsed: () => live() - code,
  }).play()
  const result: Result = { heap, violationCount, violations: violations.map(({ kind, text }) => `${kind}: ${text}`) }
  print(JSON.stringify(result))
}
