import type { Compact } from './compact.js'
import type { Units } from './kinds.js'
import { type Lattice, NEVER } from './lattice.js'
import { RegisterPowers } from './registers.js'
import { Steps, valueRegisters } from './steps.js'
import { Suffixes } from './suffixes.js'

/** Checks of the clock are so many nodes apart. */
const CHECK = 1 << 15

/**
 * Finds the sequences of a lattice that have the checksums of the signature and of up to three telegrams. It meets in
 * the middle: it lists the ends up to half of the excess by the registers that they need, then the beginnings.
 */
export class Search {
  readonly #lattice: Lattice
  readonly #telegrams: readonly Compact[]
  readonly #isLate: () => boolean
  readonly #suffixes: Suffixes
  readonly #powers = new RegisterPowers()
  readonly #values: readonly Uint16Array[]
  /** By state: the records that can follow, and precede, the cheapest first, with what they add to the excess. */
  readonly #followers: (Int32Array | undefined)[] = []
  readonly #precursors: (Int32Array | undefined)[] = []

  constructor(lattice: Lattice, telegrams: readonly Compact[], mostNodes: number, isLate: () => boolean) {
    this.#lattice = lattice
    this.#telegrams = telegrams
    this.#isLate = isLate
    this.#suffixes = new Suffixes(mostNodes)
    this.#values = [0, 1, 2].map((i) => valueRegisters(lattice, telegrams[i]))
  }

  /**
   * Calls `found` with each sequence whose excess is `excess` at most, perhaps more than once, and with some that cost
   * more. Returns false when it had to stop early.
   */
  run(units: Units, excess: number, found: (records: readonly number[]) => void): boolean {
    const steps = new Steps(this.#lattice, this.#telegrams, units, this.#values, this.#powers)
    let ends = excess >> 1
    while (!this.#listEnds(steps, ends)) {
      if (this.#isLate() || ends <= 0) return false
      ends -= Math.max(1, excess >> 4)
    }
    return this.#tryBeginnings(steps, excess - ends, found)
  }

  /** Lists the ends of at most so much excess. Returns false where they find no room, or the time is over. */
  #listEnds(steps: Steps, most: number): boolean {
    const { width, length, sizes, meanings, from, to, order } = this.#lattice
    const suffixes = this.#suffixes
    const used = new Uint8Array(width)
    let left = CHECK
    let isStopped = false
    suffixes.clear()

    const extend = (offset: number, record: number, excess: number, low: number, high: number, next: number): void => {
      const start = offset - sizes[record]!
      const before = steps.backward(start, record, low, high)
      const beforeHigh = steps.high
      const node = suffixes.add(before, beforeHigh, start, record, next)
      if (node < 0 || (--left === 0 && this.#isLate())) isStopped = true
      if (left === 0) left = CHECK
      if (start === 0 || isStopped) return
      used[meanings[record]!] = 1
      const precursors = this.#precursorsOf(offset, record)
      for (let i = 0; i < precursors.length; i += 2) {
        const more = excess + precursors[i + 1]!
        if (more > most || isStopped) break
        const precursor = precursors[i]!
        if (used[meanings[precursor]!] === 0) extend(start, precursor, more, before, beforeHigh, node)
      }
      used[meanings[record]!] = 0
    }

    const { best } = this.#lattice
    for (let record = 0; record < width - 1 && !isStopped; record++) {
      const state = length * width + record
      if (from[state] === NEVER) continue
      // The last edge: its end has the potential -best / 2.
      const excess = Math.ceil((order[record * width + width - 1]! + from[state]! - best) / 2)
      if (excess <= most && to[state] !== NEVER) extend(length, record, excess, steps.endLow, steps.endHigh, -1)
    }
    return !isStopped
  }

  #tryBeginnings(steps: Steps, most: number, found: (records: readonly number[]) => void): boolean {
    const { width, length, sizes, meanings } = this.#lattice
    const suffixes = this.#suffixes
    const used = new Uint8Array(width)
    const path: number[] = []
    let left = CHECK
    let isStopped = false

    const extend = (offset: number, before: number, excess: number, low: number, high: number): void => {
      if (--left === 0) {
        left = CHECK
        if (this.#isLate()) isStopped = true
      }
      if (isStopped) return
      if (offset === length) {
        if (low === steps.endLow && high === steps.endHigh) found(path)
        return
      }
      let slot = suffixes.slotOf(low, high, offset)
      for (;;) {
        const node = suffixes.find(low, high, offset, slot)
        if (node < 0) break
        slot = suffixes.lastSlot + 1
        this.#join(path, node, found)
      }
      const followers = this.#followersOf(offset, before)
      for (let i = 0; i < followers.length; i += 2) {
        const more = excess + followers[i + 1]!
        if (more > most || isStopped) break
        const record = followers[i]!
        if (used[meanings[record]!] !== 0) continue
        const nextLow = steps.forward(offset, record, low, high)
        const nextHigh = steps.high
        used[meanings[record]!] = 1
        path.push(record)
        extend(offset + sizes[record]!, record, more, nextLow, nextHigh)
        path.pop()
        used[meanings[record]!] = 0
      }
    }

    extend(0, width - 1, 0, 0, 0)
    return !isStopped
  }

  #join(path: readonly number[], node: number, found: (records: readonly number[]) => void): void {
    const records = [...path]
    for (let at = node; at >= 0; at = this.#suffixes.nextOf(at)) records.push(this.#suffixes.recordOf(at))
    const { meanings } = this.#lattice
    if (new Set(records.map((record) => meanings[record])).size === records.length) found(records)
  }

  /** Potentials are averaged from both directions, so that no edge has a negative cost either way. */
  #reduced(offset: number, before: number, record: number): number {
    const { width, sizes, from, to } = this.#lattice
    const state = offset * width + before
    const next = (offset + sizes[record]!) * width + record
    if (from[state] === NEVER || to[next] === NEVER) return NEVER
    const edge = this.#lattice.edge(offset, before, record)
    return (2 * edge + to[next]! - from[next]! - to[state]! + from[state]!) >> 1
  }

  #followersOf(offset: number, before: number): Int32Array {
    const { width, length, sizes } = this.#lattice
    const state = offset * width + before
    this.#followers[state] ??= sorted(width - 1, (record) =>
      offset + sizes[record]! > length ? NEVER : this.#reduced(offset, before, record),
    )
    return this.#followers[state]
  }

  #precursorsOf(offset: number, record: number): Int32Array {
    const { width, sizes, from } = this.#lattice
    const state = offset * width + record
    const start = offset - sizes[record]!
    this.#precursors[state] ??= sorted(width - 1, (before) =>
      from[start * width + before] === NEVER ? NEVER : this.#reduced(start, before, record),
    )
    return this.#precursors[state]
  }
}

/** Above the costs that are sorted; with a record in the lower byte they are exact as floats. */
const RECORDS = 256

/** Pairs of a record and its cost, the cheapest first. */
function sorted(count: number, costOf: (record: number) => number): Int32Array {
  const keys = new Float64Array(count)
  let length = 0
  for (let record = 0; record < count; record++) {
    const cost = costOf(record)
    if (cost < NEVER) keys[length++] = cost * RECORDS + record
  }
  const pairs = new Int32Array(2 * length)
  keys
    .subarray(0, length)
    .sort()
    .forEach((key, i) => {
      pairs[2 * i + 1] = Math.floor(key / RECORDS)
      pairs[2 * i] = key - pairs[2 * i + 1]! * RECORDS
    })
  return pairs
}
