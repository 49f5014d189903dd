import { deepEqual, equal, ok } from 'node:assert/strict'
import type { TelegramRecord } from '../modules/ble/record.js'
import { Vw1871Parser } from '../modules/ble/vw1871.js'
import { crcEn13757 } from './support/checksums.js'

const OVERHEAD = 21
/** Bytes of a record before its frame. */
const START = 15

/**
 * Each telegram is in the stream with the right checksum. Pieces do not matter. The parser finds a good record behind
 * anything.
 */
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

  // The parser gives up a record that was begun within the length of the longest.
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
    onRecord: (found) => items.push({ frame: checkedFrame(found, stream) }),
    onBattery: (battery) => items.push({ battery }),
    onText: (text) => ok(text.length <= 64),
  })
  for (const piece of pieces) parser.push(piece)
  return items
}

/** Expects a telegram's record in the stream, with the right checksum. @returns its frame */
export function checkedFrame(found: TelegramRecord, stream: Buffer): Uint8Array {
  const frame = found.frame()
  equal(frame.length, frame[0]! + 1)
  ok(holds(stream, frame, found), 'no such record with a right checksum is in the stream')
  return frame
}

/** Whether the record of this frame is in the stream. The two bytes whose meaning nobody knows may be any. */
function holds(stream: Buffer, frame: Uint8Array, head: Head): boolean {
  for (let at = stream.indexOf(frame, START); at !== -1; at = stream.indexOf(frame, at + 1)) {
    const whole = record(frame, head, [stream[at - 3]!, stream[at - 1]!])
    if (stream.subarray(at - START, at - START + whole.length).equals(whole)) return true
  }
  return false
}

/** What a record holds besides its frame. */
type Head = Pick<TelegramRecord, 'serial' | 'clock' | 'rssi'>

const HEAD: Head = { serial: '00000000', clock: 0, rssi: 0 }

/** The bytes of a record around the RSSI, whose meaning nobody knows, as in all captures. */
const UNKNOWN: readonly [before: number, after: number] = [0x61, 0x01]

/** A record as a VW1871 sends it. */
export function record(frame: Uint8Array, { serial, clock, rssi } = HEAD, [before, after] = UNKNOWN): Buffer {
  const bytes = Buffer.alloc(frame.length + OVERHEAD)
  bytes.set([0xfb, 0xfb, 0xfb, 0xf0])
  bytes.writeUInt32LE(Number.parseInt(serial, 16), 4)
  bytes.writeUInt32LE(clock, 8)
  bytes.set([before, rssi & 0xff, after, ...frame], 12)
  bytes.writeUInt16BE(crcEn13757(bytes.subarray(0, -6)), bytes.length - 6)
  bytes.set([0xfe, 0xfe, 0x0e, 0x0f], bytes.length - 4)
  return bytes
}
