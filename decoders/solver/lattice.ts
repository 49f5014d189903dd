import type { Kind } from './kinds.js'
import { firstCost, nextCost } from './values.js'

/** Costs are whole numbers: so many a bit. */
export const BIT = 32
export const NEVER = 0x3fffffff

/**
 * All sequences of records whose values fill the data, without regard to checksums. A state is an offset and the record
 * that ends there; its number is `offset * width + record`, where record `width - 1` is the beginning.
 */
export class Lattice {
  readonly kinds: readonly Kind[]
  /** Bytes of data. */
  readonly length: number
  readonly width: number
  readonly sizes: Uint8Array
  /** By record, the number of its meaning: no header has two records of one meaning. */
  readonly meanings: Uint8Array
  /** Bits of a record behind another one, `orderBits` in steps. */
  readonly order: Int32Array
  /** Cost of the values at an offset as a record: `offset * width + record`. */
  readonly values: Int32Array
  /** Cost of the best way to a state, and from it to the end. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** Cost of the best sequence. */
  readonly best: number

  /** @param data the data of each telegram, all of one length, in the order of time */
  constructor(kinds: readonly Kind[], orderBits: Float64Array, data: readonly Uint8Array[]) {
    this.kinds = kinds
    this.length = data[0]!.length
    this.width = kinds.length + 1
    this.sizes = Uint8Array.from(kinds, ({ size }) => size)
    const meanings = [...new Set(kinds.map(({ meaning }) => meaning))]
    this.meanings = Uint8Array.from(kinds, ({ meaning }) => meanings.indexOf(meaning))
    this.order = Int32Array.from(orderBits, (bits) => Math.round(bits * BIT))
    this.values = this.#valueCosts(data)
    const states = (this.length + 1) * this.width
    this.from = new Int32Array(states).fill(NEVER)
    this.to = new Int32Array(states).fill(NEVER)
    this.#walk()
    this.best = this.to[this.width - 1]!
  }

  /** Cost of a record and its values behind a state; `NEVER` where it does not fit in. */
  edge(offset: number, before: number, record: number): number {
    if (offset + this.sizes[record]! > this.length) return NEVER
    return this.order[before * this.width + record]! + this.values[offset * this.width + record]!
  }

  #valueCosts(data: readonly Uint8Array[]): Int32Array {
    const { length, width, kinds } = this
    const costs = new Int32Array((length + 1) * width).fill(NEVER)
    for (let at = 0; at < length; at++) {
      kinds.forEach(({ size, family, cursor }, record) => {
        if (at + size > length) return
        const isFixed = cursor.storage > 0
        let bits = firstCost(family, data[0]!, at, size)
        for (let i = 1; i < data.length; i++) bits += nextCost(family, isFixed, data[i - 1]!, data[i]!, at, size)
        costs[at * width + record] = Math.round(bits * BIT)
      })
    }
    return costs
  }

  #walk(): void {
    const { length, width, from, to, order, sizes } = this
    const start = width - 1
    from[start] = 0
    for (let at = 0; at <= length; at++) {
      for (let before = 0; before < width; before++) {
        const cost = from[at * width + before]!
        if (cost === NEVER) continue
        for (let record = 0; record < start; record++) {
          if (at + sizes[record]! > length) continue
          const state = (at + sizes[record]!) * width + record
          from[state] = Math.min(from[state]!, cost + this.edge(at, before, record))
        }
      }
    }
    for (let before = 0; before < start; before++) to[length * width + before] = order[before * width + start]!
    for (let at = length - 1; at >= 0; at--) {
      for (let before = 0; before < width; before++) {
        if (from[at * width + before] === NEVER) continue
        let best = NEVER
        for (let record = 0; record < start; record++) {
          if (at + sizes[record]! > length) continue
          const rest = to[(at + sizes[record]!) * width + record]!
          if (rest !== NEVER) best = Math.min(best, rest + this.edge(at, before, record))
        }
        to[at * width + before] = best
      }
    }
  }
}
