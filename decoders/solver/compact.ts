import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { toHex } from '../../modules/codec/hex.js'
import { expandCompact } from '../../modules/wmbus/compact.js'

/** A compact frame, decrypted: what its first four bytes say, and the rest. */
export interface Compact {
  readonly signature: number
  readonly dataCrc: number
  readonly data: Uint8Array
}

/** The telegrams without those whose data were heard before. */
export function withoutRepeats(telegrams: readonly Compact[]): Compact[] {
  const seen = new Set<string>()
  return telegrams.filter(({ data }) => {
    const text = toHex(data)
    return !seen.has(text) && seen.add(text)
  })
}

/** So many of a list at most, from all over it. */
export function spread<Item>(items: readonly Item[], most: number): Item[] {
  const step = Math.max(1, items.length / most)
  return items.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
}

/** The first telegram, then those in which the most bytes differ from all before. */
export function inOrderOfUse(telegrams: readonly Compact[]): Compact[] {
  const choice = spread(telegrams, 100)
  const chosen = [choice[0]!]
  const moved = new Set<number>()
  while (chosen.length < Math.min(3, choice.length)) {
    const rest = choice.filter((telegram) => !chosen.includes(telegram))
    const news = rest.map(({ data }) => changed(chosen[0]!.data, data).filter((at) => !moved.has(at)))
    const most = news.reduce((top, positions, i) => (positions.length > news[top]!.length ? i : top), 0)
    for (const at of news[most]!) moved.add(at)
    chosen.push(rest[most]!)
  }
  return chosen
}

function changed(before: Uint8Array, data: Uint8Array): number[] {
  return [...data.keys()].filter((at) => data[at] !== before[at])
}

/** Whether a header explains a telegram: both checksums hold. */
export function agrees(header: Uint8Array, { signature, dataCrc, data }: Compact): boolean {
  if (crc16En13757(header, 0, header.length) !== signature) return false
  const records = expandCompact(header, data, 0)
  return records.length === header.length + data.length && crc16En13757(records, 0, records.length) === dataCrc
}
