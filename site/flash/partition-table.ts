import { md5 } from '@noble/hashes/legacy.js'
import { type Partition, parsePartitions } from '../../image/partitions.js'
import { toHex } from '../../modules/codec/hex.js'
import { failure, type Result, success } from '../../modules/codec/result.js'
import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'

/*
 * A partition table as ESP-IDF v6.0 has it in flash (esp_flash_partitions.h, gen_esp32part.py): entries of 32 bytes with
 * magic, type, subtype, offset, size, a label of 16 bytes and flags, then one with the MD5 of the entries before it, then ff.
 * Numbers are little-endian.
 */
export const TABLE_OFFSET = 0x8000
const ENTRY = 32
const LABEL_AT = 12
const LABEL = 16
const MD5_AT = 16
const TABLE_SIZE = 0xc00
const [MAGIC, MD5_MAGIC, END] = [0x50aa, 0xebeb, 0xffff]

/** More than the largest ESP32 has, so that a wrong number is not taken for a place. */
const MOST = 0x1000_0000

const TYPES: Readonly<Record<string, number>> = { app: 0, data: 1 }
const SUBTYPES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  app: { factory: 0, test: 0x20, ...Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`ota_${i}`, 0x10 + i])) },
  data: { ota: 0, phy: 1, nvs: 2, coredump: 3, nvs_keys: 4, efuse: 5, undefined: 6 },
}

/** Whether bytes begin as a table does that is for the flash. */
export function isTable(bytes: Uint8Array): boolean {
  return bytes.length >= ENTRY && viewOf(bytes).getUint16(0, true) === MAGIC
}

/** The partitions of a table that is for the flash. */
export function readTable(bytes: Uint8Array): Result<readonly Partition[]> {
  const view = viewOf(bytes)
  const partitions: Partition[] = []
  for (let at = 0; at + ENTRY <= bytes.length; at += ENTRY) {
    const magic = view.getUint16(at, true)
    if (magic === END) break
    if (magic === MD5_MAGIC) {
      const isSame = toHex(bytes, at + MD5_AT, at + ENTRY) === toHex(md5(bytes.subarray(0, at)))
      if (!isSame) return failure('a damaged partition table: it has another MD5 than it says')
      break
    }
    if (magic !== MAGIC) return failure('a damaged partition table')
    const type = nameOf(TYPES, bytes[at + 2]!)
    const label = bytes.subarray(at + LABEL_AT, at + LABEL_AT + LABEL)
    const end = label.indexOf(0)
    partitions.push({
      label: decodeUtf8(end < 0 ? label : label.subarray(0, end)),
      type,
      subtype: nameOf(SUBTYPES[type] ?? {}, bytes[at + 3]!),
      offset: view.getUint32(at + 4, true),
      size: view.getUint32(at + 8, true),
    })
  }
  return partitions.length === 0 ? failure('a partition table without partitions') : success(partitions)
}

/** A table that is written as CSV, as it stands in the repository and in a release, for the flash. */
export function tableOf(csv: string): Result<Uint8Array> {
  const partitions = parsePartitions(csv.replaceAll('\r', ''))
  const table = new Uint8Array(TABLE_SIZE).fill(0xff)
  const view = viewOf(table)
  if (partitions.length === 0 || partitions.length > TABLE_SIZE / ENTRY - 2) return failure('no partition table')
  for (const [i, { label, type, subtype, offset, size }] of partitions.entries()) {
    const at = i * ENTRY
    const [typeNumber, subtypeNumber] = [numberOf(TYPES, type), numberOf(SUBTYPES[type] ?? {}, subtype)]
    const name = encodeUtf8(label)
    if (typeNumber === undefined || subtypeNumber === undefined || name.length > LABEL)
      return failure(`a partition table whose line ${i + 1} cannot be read`)
    if (!isPlace(offset) || !isPlace(size)) return failure(`a partition table whose line ${i + 1} names no place`)
    view.setUint16(at, MAGIC, true)
    table.set([typeNumber, subtypeNumber], at + 2)
    view.setUint32(at + 4, offset, true)
    view.setUint32(at + 8, size, true)
    table.fill(0, at + LABEL_AT, at + ENTRY).set(name, at + LABEL_AT)
  }
  const end = partitions.length * ENTRY
  view.setUint16(end, MD5_MAGIC, true)
  table.set(md5(table.subarray(0, end)), end + MD5_AT)
  return success(table)
}

function isPlace(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < MOST && value % 0x1000 === 0
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(names).find((name) => names[name] === value) ?? `0x${value.toString(16)}`
}

function numberOf(names: Readonly<Record<string, number>>, text: string): number | undefined {
  const named = Object.hasOwn(names, text) ? names[text] : Number(text || Number.NaN)
  return named !== undefined && Number.isInteger(named) && named >= 0 && named < 0xff ? named : undefined
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
