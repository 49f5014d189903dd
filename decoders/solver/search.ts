import { updateCrc } from '../../modules/codec/crc16-en13757.js'
import { headerOf, type Units } from './kinds.js'
import { type Lattice, NEVER } from './lattice.js'
import { POWER, RegisterPowers } from './registers.js'
import { Suffixes } from './suffixes.js'

/** A compact frame, decrypted: what its first four bytes say, and the rest. */
export interface Compact {
  readonly signature: number
  readonly dataCrc: number
  readonly data: Uint8Array
}

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

/** Pairs of a record and its cost, the cheapest first. */
function sorted(count: number, costOf: (record: number) => number): Int32Array {
  const pairs: [number, number][] = []
  for (let record = 0; record < count; record++) {
    const cost = costOf(record)
    if (cost < NEVER) pairs.push([record, cost])
  }
  return Int32Array.from(pairs.sort((a, b) => a[1] - b[1]).flat())
}

/** Checksums from register 0 of the bytes of each telegram at each offset, as long as each record: they go for all units. */
function valueRegisters({ kinds, length, width }: Lattice, telegram: Compact | undefined): Uint16Array {
  const registers = new Uint16Array((length + 1) * width)
  if (telegram === undefined) return registers
  for (let at = 0; at < length; at++) {
    kinds.forEach(({ size }, record) => {
      if (at + size <= length) registers[at * width + record] = updateCrc(0, telegram.data, at, at + size)
    })
  }
  return registers
}

/** What a record does to the registers, for a meter of these units. */
class Steps {
  /** The registers at the end of the data: headers and first telegram, second and third telegram. */
  readonly endLow: number
  readonly endHigh: number
  /** The upper registers of the last step. */
  high = 0
  readonly #width: number
  readonly #forward: Uint16Array
  readonly #backward: Uint16Array
  /** Offsets into the powers: bytes of header alone, and with the value. */
  readonly #headerPower: Int32Array
  readonly #recordPower: Int32Array
  /** By record: the checksum of its header, and of the header and a value of zeros. */
  readonly #header: Uint16Array
  readonly #empty: Uint16Array
  readonly #values: readonly Uint16Array[]
  readonly #count: number

  constructor(
    { kinds, width }: Lattice,
    telegrams: readonly Compact[],
    units: Units,
    values: readonly Uint16Array[],
    powers: RegisterPowers,
  ) {
    this.#width = width
    this.#values = values
    this.#forward = powers.forward
    this.#backward = powers.backward
    const headers = kinds.map(({ template }) => headerOf(template, units))
    this.#headerPower = Int32Array.from(headers, (header) => header.length * POWER)
    this.#recordPower = Int32Array.from(kinds, ({ size }, i) => (headers[i]!.length + size) * POWER)
    this.#header = Uint16Array.from(headers, (header) => updateCrc(0, header, 0, header.length))
    this.#empty = Uint16Array.from(kinds, ({ size }, i) => times(powers.forward, size * POWER, this.#header[i]!))
    const end = (i: number) => (telegrams[i] === undefined ? 0 : telegrams[i].dataCrc ^ 0xffff)
    this.endLow = ((telegrams[0]!.signature ^ 0xffff) << 16) | end(0)
    this.endHigh = (end(1) << 16) | end(2)
    this.#count = telegrams.length
  }

  /** Returns the lower registers behind a record at `offset`; the upper ones are in `high`. */
  forward(offset: number, record: number, low: number, high: number): number {
    const powers = this.#forward
    const whole = this.#recordPower[record]!
    const empty = this.#empty[record]!
    const at = offset * this.#width + record
    const [first, second, third] = this.#values as [Uint16Array, Uint16Array, Uint16Array]
    this.high = 0
    if (this.#count > 1) this.high = (times(powers, whole, high >>> 16) ^ empty ^ second[at]!) << 16
    if (this.#count > 2) this.high |= times(powers, whole, high & 0xffff) ^ empty ^ third[at]!
    return (
      ((times(powers, this.#headerPower[record]!, low >>> 16) ^ this.#header[record]!) << 16) |
      (times(powers, whole, low & 0xffff) ^ empty ^ first[at]!)
    )
  }

  /** Returns the lower registers before a record at `offset` that leads to these; the upper ones are in `high`. */
  backward(offset: number, record: number, low: number, high: number): number {
    const powers = this.#backward
    const whole = this.#recordPower[record]!
    const empty = this.#empty[record]!
    const at = offset * this.#width + record
    const [first, second, third] = this.#values as [Uint16Array, Uint16Array, Uint16Array]
    this.high = 0
    if (this.#count > 1) this.high = times(powers, whole, (high >>> 16) ^ empty ^ second[at]!) << 16
    if (this.#count > 2) this.high |= times(powers, whole, (high & 0xffff) ^ empty ^ third[at]!)
    return (
      (times(powers, this.#headerPower[record]!, (low >>> 16) ^ this.#header[record]!) << 16) |
      times(powers, whole, (low & 0xffff) ^ empty ^ first[at]!)
    )
  }
}

function times(powers: Uint16Array, power: number, register: number): number {
  return powers[power + (register & 0xff)]! ^ powers[power + 256 + (register >>> 8)]!
}
