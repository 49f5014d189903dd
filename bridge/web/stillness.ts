import type { Row } from '../store/store.js'

/** ms without a sample that are a gap: a meter tells every minute. */
const GAP = 150_000
/** ms after which a sample has waited in the device. */
export const LATE = 600_000

/** Unix milliseconds. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface Stillness {
  readonly gaps: readonly Stretch[]
  /** Samples that came late, those together that follow each other. */
  readonly late: readonly (Stretch & { readonly count: number })[]
}

/** Where samples are missing between two times, and where they came late. @param rows `time` and `received_at`, in order */
export function stillnessOf(rows: readonly Row[], { from, to }: Stretch): Stillness {
  const gaps: Stretch[] = []
  const late: { from: number; to: number; count: number }[] = []
  let before = from
  let wasLate = false
  for (const row of rows) {
    const time = Date.parse(row.time!)
    if (time - before > GAP) gaps.push({ from: before, to: time })
    before = time
    const isLate = Date.parse(row.received_at!) - time > LATE
    if (isLate && wasLate) {
      late.at(-1)!.to = time
      late.at(-1)!.count++
    } else if (isLate) late.push({ from: time, to: time, count: 1 })
    wasLate = isLate
  }
  if (to - before > GAP) gaps.push({ from: before, to })
  return { gaps, late }
}
