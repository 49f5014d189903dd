import type { ViolationKind } from './ledger.js'
import type { Outcome } from './outcome.js'
import { Player, type PlayOptions } from './player.js'

const DAY = 86_400_000
const HOUR = 3_600_000

export interface Shrunk {
  readonly outcome: Outcome
  /** How many runs it took. */
  readonly runs: number
}

type Play = Omit<PlayOptions, 'heapUsed' | 'stopAt'>

/**
 * Finds a short schedule that still fails in the same way. It keeps only what came shortly before the failure, moved to
 * the first hour, and then leaves out half of that, a quarter and so on, as long as the rest still fails.
 * @param mostRuns how many runs it tries at most
 */
export async function shrink(failed: Outcome, kind: ViolationKind, play: Play, mostRuns: number): Promise<Shrunk> {
  let best = failed
  let runs = 0
  const attempt = async (schedule: Play['schedule']): Promise<boolean> => {
    if (runs >= mostRuns) return false
    runs++
    const end = Math.max(0, ...schedule.map(({ at, length }) => at + length)) + HOUR
    const outcome = await new Player({ ...play, schedule, days: end / DAY, stopAt: kind }).play()
    if (!outcome.violations.some((violation) => violation.kind === kind)) return false
    best = outcome
    return true
  }

  const failedAt = failed.violations.find((violation) => violation.kind === kind)!.at
  for (const days of [0.5, 2, 8]) {
    const before = failed.schedule.filter(({ at, length }) => at <= failedAt && at + length > failedAt - days * DAY)
    const first = Math.min(...before.map(({ at }) => at))
    const moved = before.map((fault) => ({ ...fault, at: fault.at - Math.max(0, first - HOUR) }))
    if (moved.length > 0 && (await attempt(moved))) break
  }
  for (let size = Math.ceil(best.schedule.length / 2); runs < mostRuns; size = Math.ceil(size / 2)) {
    let isShorter = false
    for (let from = 0; from < best.schedule.length && best.schedule.length > 1; ) {
      const rest = best.schedule.filter((_, i) => i < from || i >= from + size)
      if (await attempt(rest)) isShorter = true
      else from += size
    }
    if (size === 1 && !isShorter) break
  }
  return { outcome: best, runs }
}
