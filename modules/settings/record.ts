import { crc16 } from '../codec/crc16.js'
import { decodeUtf8, encodeUtf8 } from '../codec/utf8.js'

/*
 * One slot: magic "ML", format version, sequence u32, length u16, that many bytes of JSON, CRC-16 (0xFFFF) over all
 * before it. Numbers are big-endian.
 */
const MAGIC = 0x4d4c
const VERSION = 1
const HEADER = 9
const CHECKSUM = 2

export interface SettingsRecord {
  /** Grows by one with every write; the newer slot has the higher one. */
  readonly sequence: number
  readonly values: { readonly [name: string]: unknown }
}

export function encodeRecord(record: SettingsRecord): Uint8Array {
  const json = encodeUtf8(JSON.stringify(record.values))
  const bytes = new Uint8Array(HEADER + json.length + CHECKSUM)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, MAGIC)
  view.setUint8(2, VERSION)
  view.setUint32(3, record.sequence)
  view.setUint16(7, json.length)
  bytes.set(json, HEADER)
  const end = HEADER + json.length
  view.setUint16(end, crc16(bytes, 0, end, 0xffff))
  return bytes
}

/** The record of a slot; undefined when the slot is empty, torn or of another version. */
export function decodeRecord(bytes: Uint8Array): SettingsRecord | undefined {
  if (bytes.length < HEADER + CHECKSUM) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = HEADER + view.getUint16(7)
  if (view.getUint16(0) !== MAGIC || view.getUint8(2) !== VERSION || end + CHECKSUM !== bytes.length) return undefined
  if (view.getUint16(end) !== crc16(bytes, 0, end, 0xffff)) return undefined
  try {
    const values: unknown = JSON.parse(decodeUtf8(bytes, HEADER, end))
    if (typeof values !== 'object' || values === null) return undefined
    return { sequence: view.getUint32(3), values: values as SettingsRecord['values'] }
  } catch {
    return undefined
  }
}
