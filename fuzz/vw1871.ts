import { deepEqual, equal, ok } from 'node:assert/strict'
import { Vw1871Parser } from '../modules/ble/vw1871.js'
import { crcEn13757 } from './support/checksums.js'

const OVERHEAD = 21
const AT = 15

/** Telegrams have the right checksum and are in the stream; pieces do not matter; a good record behind anything is found. */
export default function vw1871(bytes: Uint8Array): void {
  const items = parse(bytes)
  const third = Math.floor(bytes.length / 3)
  deepEqual(parse(bytes.subarray(0, third), bytes.subarray(third)), items)

  const length = 11 + (bytes[0] ?? 0) * 0.9
  const frame = Uint8Array.from({ length: Math.floor(length) + 1 }, (_, i) => bytes[i % bytes.length] ?? i)
  frame[0] = frame.length - 1
  const found = parse(record(frame), record(frame))
  equal(found.length, 2)
  deepEqual(found[1]!.frame, frame)

  // What was begun is given up within the longest record.
  const quiet = new Uint8Array(300)
  deepEqual(parse(bytes, quiet, record(frame)).at(-1)?.frame, frame)
}

interface Item {
  readonly frame?: Uint8Array
  readonly battery?: number
}

function parse(...pieces: readonly Uint8Array[]): Item[] {
  const stream = Buffer.concat(pieces)
  const items: Item[] = []
  const parser = new Vw1871Parser({
    onRecord(found) {
      const frame = found.frame()
      equal(frame.length, frame[0]! + 1)
      ok(stream.includes(Buffer.from(frame)))
      items.push({ frame })
      const { serial, clock, byte12, rssi, byte14 } = found
      const bytes = record(frame)
      const view = new DataView(bytes.buffer)
      view.setUint32(4, Number.parseInt(serial, 16), true)
      view.setUint32(8, clock, true)
      bytes.set([byte12, rssi & 0xff, byte14], 12)
      sign(bytes)
      ok(stream.includes(Buffer.from(bytes)), 'its checksum is not in the stream')
    },
    onBattery: (battery) => items.push({ battery }),
    onText: (text) => ok(text.length <= 64),
  })
  for (const piece of pieces) parser.push(piece)
  return items
}

function record(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(frame.length + OVERHEAD)
  bytes.set([0xfb, 0xfb, 0xfb, 0xf0])
  bytes.set(frame, AT)
  bytes.set([0xfe, 0xfe, 0x0e, 0x0f], bytes.length - 4)
  sign(bytes)
  return bytes
}

function sign(bytes: Uint8Array): void {
  new DataView(bytes.buffer).setUint16(bytes.length - 6, crcEn13757(bytes.subarray(0, -6)))
}
