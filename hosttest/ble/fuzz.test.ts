// node only
import { ok } from 'node:assert/strict'
import { checkedFrame, record } from '../../fuzz/vw1871.js'
import { Vw1871Parser } from '../../modules/ble/vw1871.js'
import { seededRandom } from '../../twin/random.js'
import { type Below, changed } from '../support/changed.js'
import { cpuTime } from '../support/cpu-time.js'
import { liveHeap } from '../support/heap.js'
import { parts } from '../support/parts.js'

const INPUTS = 50_000
const RESERVED = [0xfb, 0xfc, 0xf0, 0xfe, 0x0e, 0x0f, 0x25, 0x0b]
const WORDS = RESERVED.map((byte) => [byte])

function chance(seed: number): Below {
  const random = seededRandom(seed)
  return (limit) => Math.floor(random() * limit)
}

const someRecord = chance(1)
const RECORDS = Array.from({ length: 64 }, (_, i) => {
  const length = [0x25, 0x30, 0x2c, 11, 127, 255][Math.min(5, someRecord(8))]!
  const frame = Uint8Array.from({ length: length + 1 }, (_, at) => (at === 0 ? length : someRecord(256)))
  return Uint8Array.from(record(frame, { serial: '08250111', clock: 1_653_726_600 + i, rssi: -83 }))
})

/** Often whole, or nothing but bytes that mean something; else with one change, or without its beginning. */
function mutate(original: Uint8Array, below: Below): Uint8Array {
  switch (below(8)) {
    case 0:
      return original
    case 1:
      return Uint8Array.from({ length: below(64) }, () => RESERVED[below(RESERVED.length)]!)
    case 2:
      return original.subarray(below(original.length))
    default:
      return changed(original, below, WORDS)
  }
}

describe('the VW1871 parser', () => {
  for (const { part, name } of parts(20)) {
    it(`makes telegrams of nothing but records with the right checksum in ${INPUTS} mutated ones, ${name}`, () => {
      const below = chance(part)
      let recent = Buffer.alloc(0)
      let telegrams = 0
      const parser = new Vw1871Parser({
        onRecord: (telegram) => {
          telegrams++
          checkedFrame(telegram, recent)
        },
        onBattery: () => {},
      })
      const heap = liveHeap()
      for (let i = 0; i < INPUTS; i++) {
        const piece = mutate(RECORDS[below(RECORDS.length)]!, below)
        recent = Buffer.concat([recent.subarray(-300), piece])
        const split = below(piece.length)
        parser.push(piece.subarray(0, split))
        parser.push(piece.subarray(split))
        if (below(100) === 0) parser.idle()
      }
      const grown = liveHeap() - heap
      console.log(`      ${telegrams} telegrams, ${parser.resyncs} records with errors, heap ${grown >> 10} kB more`)
      ok(telegrams > INPUTS / 10 && parser.resyncs > INPUTS / 10)
      ok(grown < 1 << 20)
    })
  }

  it('takes no more than a few times as long for a stream made to keep it busy', async () => {
    const start = [0xfb, 0xfb, 0xfb, 0xf0]
    const streams: Record<string, number[]> = {
      'good records': RECORDS.flatMap((bytes) => [...bytes]),
      'starts of long records': [...start, 0xff],
      'records within records, which share their end': Array.from({ length: 17 }, (_, i) => [
        ...start,
        ...new Array(11).fill(0x41),
        Math.max(16 * (17 - i) - 18, 11),
      ])
        .flat()
        .concat(0xfe, 0xfe, 0x0e, 0x0f),
    }
    const times: number[] = []
    for (const [name, pattern] of Object.entries(streams)) {
      const stream = Uint8Array.from({ length: 4 << 20 }, (_, i) => pattern[i % pattern.length]!)
      const parser = new Vw1871Parser({ onRecord: () => {}, onBattery: () => {} })
      const ms = await cpuTime(() => {
        for (let at = 0; at < stream.length; at += 244) parser.push(stream.subarray(at, at + 244))
      })
      const nanoseconds = (ms * 1e6) / stream.length
      console.log(`      ${name}: ${Math.round(nanoseconds)} ns a byte, ${parser.resyncs} records with errors`)
      times.push(nanoseconds)
    }
    for (const time of times) ok(time < 30 * times[0]!)
  })
})
