/** Global variable in which instrumented code counts. */
export const COUNTERS = '__fuzz__'

type CoverageData = Record<'s' | 'f', Record<string, number>> & { b: Record<string, ArrayLike<number>> }

/** The counters of instrumented code, and the values of them that a run has shown so far. */
export class Counters {
  readonly #counts: Uint32Array
  /** A bit for each order of magnitude in which a counter ended a run. */
  readonly #seen: Uint16Array

  /** Moves the counters of the code that was loaded under this name into one array, which is fast to look through. */
  constructor(name: string) {
    const data = (globalThis as unknown as Record<string, Record<string, CoverageData>>)[COUNTERS]![name]!
    const branches = Object.entries(data.b)
    const single = Object.keys(data.s).length
    const functions = Object.keys(data.f).length
    const total = single + functions + branches.reduce((sum, [, counts]) => sum + counts.length, 0)
    this.#counts = new Uint32Array(total)
    this.#seen = new Uint16Array(total)
    data.s = this.#counts.subarray(0, single) as unknown as Record<string, number>
    data.f = this.#counts.subarray(single, single + functions) as unknown as Record<string, number>
    let at = single + functions
    for (const [id, counts] of branches) {
      data.b[id] = this.#counts.subarray(at, at + counts.length)
      at += counts.length
    }
  }

  /** How many blocks some run has reached, and how many there are. */
  get blocks(): { readonly covered: number; readonly total: number } {
    let covered = 0
    for (const bits of this.#seen) if (bits !== 0) covered++
    return { covered, total: this.#seen.length }
  }

  /** Takes in what a run has counted and resets the counters. @returns whether a counter had a new magnitude */
  take(): boolean {
    const counts = this.#counts
    let isNew = false
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i]!
      if (count === 0) continue
      counts[i] = 0
      const bit = 1 << (count < 4 ? count : Math.min(34 - Math.clz32(count), 12))
      if (this.#seen[i]! & bit) continue
      this.#seen[i]! |= bit
      isNew = true
    }
    return isNew
  }

  /** Forgets what the runs have shown. */
  reset(): void {
    this.#counts.fill(0)
    this.#seen.fill(0)
  }
}
