import { Vw1871Parser } from '../../modules/ble/vw1871.js'
import { toHex } from '../../modules/codec/hex.js'

export interface Parsed {
  /** One line an item, in the order they came. */
  readonly items: string[]
  readonly frames: string[]
  resyncs: number
}

/** What the parser makes of a stream that arrives in these pieces. */
export function parseStream(pieces: Iterable<Uint8Array>): Parsed {
  const result: Parsed = { items: [], frames: [], resyncs: 0 }
  const parser = new Vw1871Parser({
    onRecord: (record) => {
      const { serial, clock, rssi, meterId } = record
      result.items.push(`${serial} ${clock} ${rssi} ${meterId.toString(16).padStart(8, '0')}`)
      result.frames.push(toHex(record.frame()))
    },
    onBattery: (millivolt) => result.items.push(`${millivolt} mV`),
    onText: (text) => result.items.push(JSON.stringify(text)),
  })
  for (const piece of pieces) parser.push(piece)
  while (parser.waiting) parser.idle()
  result.resyncs = parser.resyncs
  return result
}

/** The stream in pieces whose lengths `next` gives. */
export function* cut(stream: Uint8Array, next: () => number): Iterable<Uint8Array> {
  for (let at = 0; at < stream.length; ) {
    const length = next()
    yield stream.subarray(at, at + length)
    at += length
  }
}
