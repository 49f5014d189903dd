/** `npm run verify` tries everything. */
export const VERIFIES = process.env.VERIFY === 'all'

/** The environment variable SEED says which part of a long test is tried. */
const SEED = Number(process.env.SEED ?? 1)
if (!Number.isSafeInteger(SEED) || SEED < 0) throw new Error(`SEED: expected a whole number, got "${process.env.SEED}"`)

export interface Part {
  /** From 0. Everything that a part tries follows from it. */
  readonly part: number
  /** `part 3 of 20`, for the name of the test. */
  readonly name: string
}

/** One of so many parts; all of them in `npm run verify`, which so tries just what any seed can try. */
export function parts(count: number): Part[] {
  const all = Array.from({ length: count }, (_, part) => ({ part, name: `part ${part + 1} of ${count}` }))
  return VERIFIES ? all : [all[SEED % count]!]
}

export interface Share<T> {
  readonly items: readonly T[]
  /** `part 3 of 4`, for the name of the suite. */
  readonly name: string
}

/** What falls to a part when a list is dealt out to so many, one by one; all of it in `npm run verify`. */
export function dealt<T>(list: readonly T[], count: number): Share<T> {
  if (VERIFIES) return { items: list, name: 'all parts' }
  const part = SEED % count
  return { items: list.filter((_, i) => i % count === part), name: `part ${part + 1} of ${count}` }
}

export interface Steps {
  readonly first: number
  readonly stride: number
  /** `one in 97 from 5`, for the name of the test. */
  readonly name: string
}

/** One step in so many; every one in `npm run verify`. A prime number, lest it is always the same byte of a record. */
export function oneIn(stride: number): Steps {
  if (VERIFIES) return { first: 0, stride: 1, name: 'every one' }
  const first = SEED % stride
  return { first, stride, name: `one in ${stride} from ${first}` }
}
