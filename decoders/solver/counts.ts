import { BIT, type Lattice, NEVER } from './lattice.js'

/** The most bits above the best sequence that are counted, and the steps of the count. */
const COUNTED_BITS = 56
const STEPS_A_BIT = 4
const STEPS = COUNTED_BITS * STEPS_A_BIT
const SAMPLES = 2000

/**
 * How many sequences of a lattice are so probable, by dynamic programming: costs are rounded to quarters of a bit, and
 * sequences with two records of one meaning are counted first and taken out by a sample.
 */
export class Counts {
  readonly #lattice: Lattice
  /** By state, how many beginnings lead to it with so many steps of excess. */
  readonly #ways: (Float64Array | undefined)[]
  /** By steps, how many sequences cost just that, and that at most. */
  readonly #exact = new Float64Array(STEPS)
  readonly #upTo = new Float64Array(STEPS)
  /** By steps, the share that was drawn; 0 where none was. */
  readonly #shares = new Float64Array(STEPS)

  constructor(lattice: Lattice) {
    this.#lattice = lattice
    this.#ways = new Array((lattice.length + 1) * lattice.width)
    if (lattice.best < NEVER) this.#count()
  }

  /** How many sequences cost so much above the best at most, those with repeats among them. */
  upTo(excess: number): number {
    const last = Math.min(STEPS - 1, Math.round((excess * STEPS_A_BIT) / BIT))
    return last < 0 ? 0 : this.#upTo[last]!
  }

  /** The share of these sequences that have no two records of one meaning; the upper end of what a sample says. */
  shareWithoutRepeats(excess: number): number {
    const last = Math.max(0, Math.min(STEPS - 1, Math.round((excess * STEPS_A_BIT) / BIT)))
    this.#shares[last] ||= this.#shareOf(last)
    return this.#shares[last]!
  }

  #shareOf(last: number): number {
    const draw = numbers()
    let without = 0
    for (let i = 0; i < SAMPLES; i++) if (this.#drawsOneWithout(last, draw)) without++
    return Math.min(1, (without + 2 * Math.sqrt(without) + 4) / SAMPLES)
  }

  #count(): void {
    const { length, width, from, sizes } = this.#lattice
    const start = width - 1
    const first = new Float64Array(STEPS)
    first[0] = 1
    this.#ways[start] = first
    for (let at = 0; at < length; at++) {
      for (let before = 0; before < width; before++) {
        const here = this.#ways[at * width + before]
        if (here === undefined || from[at * width + before] === NEVER) continue
        const fewest = here.findIndex((ways) => ways > 0)
        for (let record = 0; record < start; record++) {
          const steps = fewest + this.#steps(at, before, record)
          if (steps >= STEPS) continue
          const next = (at + sizes[record]!) * width + record
          this.#ways[next] ??= new Float64Array(STEPS)
          const there = this.#ways[next]!
          for (let i = fewest, j = steps; j < STEPS; i++, j++) there[j]! += here[i]!
        }
      }
    }
    for (let before = 0; before < start; before++) {
      const here = this.#ways[length * width + before]
      if (here !== undefined) for (let i = 0; i < STEPS; i++) this.#exact[i]! += here[i]!
    }
    let sum = 0
    for (let i = 0; i < STEPS; i++) {
      sum += this.#exact[i]!
      this.#upTo[i] = sum
    }
  }

  /** What a record adds to the excess of a beginning, rounded. */
  #steps(at: number, before: number, record: number): number {
    const { length, width, to, sizes } = this.#lattice
    if (at + sizes[record]! > length) return STEPS
    const rest = to[(at + sizes[record]!) * width + record]!
    if (rest === NEVER) return STEPS
    const more = this.#lattice.edge(at, before, record) + rest - to[at * width + before]!
    return Math.round((more * STEPS_A_BIT) / BIT)
  }

  /** Draws a sequence of at most so many steps, each as probable as any other, and says whether it has no repeats. */
  #drawsOneWithout(last: number, draw: () => number): boolean {
    const { length, width, meanings, sizes } = this.#lattice
    let steps = pick(last + 1, (i) => this.#exact[i]!, draw)
    let at = length
    let record = pick(width - 1, (i) => this.#ways[length * width + i]?.[steps] ?? 0, draw)
    const seen = new Set<number>()
    for (;;) {
      if (seen.has(meanings[record]!)) return false
      seen.add(meanings[record]!)
      const [end, after] = [at - sizes[record]!, record]
      if (end === 0) return true
      const left = steps
      record = pick(
        width - 1,
        (i) => {
          const ways = this.#ways[end * width + i]
          return ways === undefined ? 0 : (ways[left - this.#steps(end, i, after)] ?? 0)
        },
        draw,
      )
      steps = left - this.#steps(end, record, after)
      at = end
    }
  }
}

/** One of so many, as probable as its weight. */
function pick(count: number, weightOf: (i: number) => number, draw: () => number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += weightOf(i)
  let left = draw() * sum
  for (let i = 0; i < count; i++) {
    left -= weightOf(i)
    if (left < 0) return i
  }
  return count - 1
}

/** Numbers below 1, the same ones each time, lest an answer depends on chance. */
function numbers(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
