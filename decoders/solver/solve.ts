import { fromHex, toHex } from '../../modules/codec/hex.js'
import type { KnownHeader } from '../../modules/wmbus/signatures.js'
import { agrees, type Compact, inOrderOfUse, spread, withoutRepeats } from './compact.js'
import { Counts } from './counts.js'
import { headerOf, kindsOf, templatesOf } from './kinds.js'
import { BIT, Lattice, NEVER } from './lattice.js'
import { orderBits } from './prior.js'
import { Search } from './search.js'
import { type Setting, settingsOf } from './units.js'
import type { MeterGroup } from './vocabulary.js'

export interface SolveOptions {
  readonly group: MeterGroup
  /** What the order of records is learned from. */
  readonly known: readonly KnownHeader[]
  /** Milliseconds of a clock that never steps back. */
  readonly now: () => number
  readonly limitMs: number
  /** Nodes of the table, a power of two; one takes 30 bytes. */
  readonly mostNodes?: number
  /** What a header says, as text: headers that say the same are one answer. Without it each header is an answer. */
  readonly meaningOf?: (header: Uint8Array) => string
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  /** How improbable the headers are that are tried now, in bits below the likeliest. */
  readonly bits: number
  /** 0 to 1 of the time. */
  readonly time: number
  readonly candidates: number
}

/** A header that agrees with every checksum. */
export interface Candidate {
  /** Upper-case hexadecimal. */
  readonly header: string
  /** How many headers as probable as this one agree by chance, on average. */
  readonly odds: number
  /** Bits below the likeliest sequence of records. */
  readonly bits: number
}

export interface Solution {
  readonly result: 'solved' | 'ambiguous' | 'unsolved'
  /** The best first. */
  readonly candidates: readonly Candidate[]
  /** Telegrams whose data differ. */
  readonly telegrams: number
  /** Whether the time was over before the search was. */
  readonly isLate: boolean
  /** What made a search impossible. */
  readonly problem?: 'no-data' | 'no-fit'
}

/** What two checksums of 16 bits can tell apart. */
const CHECKSUMS = 2 ** 32
/** The most headers that may agree by chance for a claim. */
export const MOST_ODDS = 0.03
/**
 * A header with odds above that is to be confirmed before somebody bills from it. Where all telegrams have the same data,
 * nothing has fixed the layout, and such a header is no claim at all.
 */
export const SURE_ODDS = 0.0001
const ROUND_BITS = 4
const LAST_BITS = 56
/** A rival that is so many bits less probable counts no more. */
const RIVAL_BITS = 6
const MOST_CANDIDATES = 10
/** So many telegrams show how the values move. */
const MOST_TELEGRAMS = 32
const MOST_NODES = 1 << 23

/**
 * Finds the record header behind the signature of compact telegrams of one meter.
 *
 * @param telegrams of one signature and length, in the order of time
 */
export function solve(telegrams: readonly Compact[], options: SolveOptions): Solution {
  const different = withoutRepeats(telegrams)
  const none = { result: 'unsolved', candidates: [], telegrams: different.length, isLate: false } as const
  if (different.length === 0 || different[0]!.data.length === 0) return { ...none, problem: 'no-data' }

  const began = options.now()
  const isLate = () => options.now() - began >= options.limitMs
  const headers = options.known.map(({ hex }) => templatesOf(fromHex(hex)!)).filter((found) => found !== undefined)
  const kinds = kindsOf(options.group, headers)
  const lattice = new Lattice(
    kinds,
    orderBits(kinds, headers, options.group),
    spread(different, MOST_TELEGRAMS).map(({ data }) => data),
  )
  if (lattice.best >= NEVER) return { ...none, problem: 'no-fit' }
  const settings = settingsOf(
    kinds,
    options.known.map(({ hex }) => hex),
  )
  const search = new Search(lattice, inOrderOfUse(different), options.mostNodes ?? MOST_NODES, isLate)
  const found = new Map<string, Candidate>()
  let counts: Counts | undefined
  const mostOdds = different.length > 1 ? MOST_ODDS : SURE_ODDS

  for (let bits = ROUND_BITS; bits <= LAST_BITS; bits += ROUND_BITS) {
    for (const setting of settings) {
      const left = (bits - (setting.bits - settings[0]!.bits)) * BIT
      if (left < 0) break
      options.onProgress?.({
        bits,
        time: Math.min(1, (options.now() - began) / options.limitMs),
        candidates: found.size,
      })
      const isWhole = search.run(setting.units, Math.floor(left), (records) => keep(records, setting))
      if (!isWhole || isLate()) return verdict(true)
    }
    // Beyond that, chance alone finds headers.
    if (found.size > 0 && (isClaim() || chances(bits * BIT) > CHECKSUMS)) break
  }
  return verdict(false)

  function keep(records: readonly number[], setting: Setting): void {
    const header = bytesOf(records.map((record) => headerOf(kinds[record]!.template, setting.units)))
    const text = toHex(header).toUpperCase()
    if (found.has(text) || !different.every((telegram) => agrees(header, telegram))) return
    const excess = costOf(lattice, records) + setting.bits * BIT - settings[0]!.bits * BIT - lattice.best
    found.set(text, { header: text, odds: chances(excess) / CHECKSUMS, bits: Math.round((10 * excess) / BIT) / 10 })
  }

  function isClaim(): boolean {
    return [...found.values()].some(({ odds }) => odds <= mostOdds)
  }

  /** How many headers are at least as probable as one of this excess. */
  function chances(excess: number): number {
    counts ??= new Counts(lattice)
    let count = 0
    for (const { bits } of settings) count += counts.upTo(excess - (bits - settings[0]!.bits) * BIT)
    return count * counts.shareWithoutRepeats(excess)
  }

  function verdict(late: boolean): Solution {
    const meanings = new Set<string>()
    const candidates = [...found.values()]
      .sort((a, b) => a.bits - b.bits)
      .filter(({ header }) => {
        const meaning = options.meaningOf?.(fromHex(header)!) ?? header
        return !meanings.has(meaning) && meanings.add(meaning)
      })
      .slice(0, MOST_CANDIDATES)
    const common = { candidates, telegrams: different.length, isLate: late }
    const [first, second] = candidates
    if (first === undefined) return { ...common, result: 'unsolved' }
    const isRival = second !== undefined && second.bits < first.bits + RIVAL_BITS && second.odds <= mostOdds
    return { ...common, result: first.odds <= mostOdds && !isRival ? 'solved' : 'ambiguous' }
  }
}

function costOf(lattice: Lattice, records: readonly number[]): number {
  let cost = 0
  let offset = 0
  let before = lattice.width - 1
  for (const record of records) {
    cost += lattice.edge(offset, before, record)
    offset += lattice.sizes[record]!
    before = record
  }
  return cost + lattice.order[before * lattice.width + lattice.width - 1]!
}

function bytesOf(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
