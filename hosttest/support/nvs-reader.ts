import { crc32 } from 'node:zlib'
import type { StoragePort } from '../../modules/ports/storage.js'

const PAGE = 4096
const ENTRY = 32
const ENTRIES = 126
const WRITTEN = 2
const [U8, BLOB_DATA, BLOB_INDEX] = [0x01, 0x42, 0x48]

interface Item {
  readonly space: number
  readonly type: number
  readonly chunk: number
  readonly key: string
  readonly value: DataView
  /** What the entries behind it hold. */
  readonly data: Uint8Array
}

/**
 * Reads a partition as ESP-IDF's NVS does when it starts (nvs_page.cpp, mLoadEntryTable; nvs_storage.cpp, init and
 * readMultiPageBlob; nvs_types.cpp, checkHeaderConsistency), but throws where that would erase what is wrong.
 */
export class NvsReader {
  readonly items: readonly Item[]
  /** Pages that are not erased. */
  readonly pages: number

  constructor(partition: Uint8Array) {
    const pages = Array.from({ length: partition.length / PAGE }, (_, i) =>
      partition.subarray(i * PAGE, (i + 1) * PAGE),
    )
    const used = pages.filter((page) => page.some((byte) => byte !== 0xff))
    this.pages = used.length
    this.items = used.flatMap(itemsOf)
  }

  /** What `Preference.get(domain, key)` gives for a blob, in modPreference.c: nvs_get_u8, _i32 and _str find nothing before it. */
  blob(domain: string, key: string): Uint8Array | undefined {
    const space = this.items
      .find((item) => item.space === 0 && item.type === U8 && item.key === domain)
      ?.value.getUint8(0)
    const own = this.items.filter((item) => item.space === space && item.key === key)
    const index = own.find((item) => item.type === BLOB_INDEX)?.value
    if (index === undefined) return undefined
    const [size, count, start] = [index.getUint32(0, true), index.getUint8(4), index.getUint8(5)]
    const chunks = Array.from({ length: count }, (_, i) =>
      own.find((item) => item.type === BLOB_DATA && item.chunk === start + i),
    )
    const blob = Buffer.concat(chunks.map((chunk) => chunk?.data ?? new Uint8Array(0)))
    if (blob.length !== size || own.length !== count + 1) throw new Error(`${key}: chunks do not make up the blob`)
    return new Uint8Array(blob)
  }

  /** As the firmware sees it. */
  storage(domain: string): StoragePort {
    return { read: (key) => this.blob(domain, key), write: () => false }
  }
}

function itemsOf(page: Uint8Array): readonly Item[] {
  const view = viewOf(page)
  if (view.getUint32(0, true) !== 0xfffffffe) throw new Error('the page is not active')
  if (view.getUint32(28, true) !== romCrc(page.subarray(4, 28))) throw new Error('checksum of the page')
  if (page[8] !== 0xfe || page.subarray(9, 28).some((byte) => byte !== 0xff)) throw new Error('version of the page')
  const items: Item[] = []
  let entry = 0
  while (entry < ENTRIES && stateOf(page, entry) === WRITTEN) {
    const [item, span] = itemAt(page, entry)
    for (let i = 0; i < span; i++) if (stateOf(page, entry + i) !== WRITTEN) throw new Error('a part is not written')
    items.push(item)
    entry += span
  }
  for (let i = entry; i < 128; i++) if (stateOf(page, i) !== 3) throw new Error('entries beyond the last one')
  if (page.subarray(64 + ENTRY * entry).some((byte) => byte !== 0xff)) throw new Error('bytes beyond the last entry')
  return items
}

function itemAt(page: Uint8Array, entry: number): readonly [Item, number] {
  const bytes = page.subarray(64 + ENTRY * entry, 64 + ENTRY * (entry + 1))
  const [space, type, span, chunk] = bytes as unknown as [number, number, number, number]
  const checked = Buffer.concat([bytes.subarray(0, 4), bytes.subarray(8)])
  if (viewOf(bytes).getUint32(4, true) !== romCrc(checked)) throw new Error('checksum of an entry')
  const value = viewOf(bytes.subarray(24))
  const name = bytes.subarray(8, 24)
  if (name[15] !== 0) throw new Error('a key without an end')
  const key = Buffer.from(name.subarray(0, name.indexOf(0))).toString()
  if (type === BLOB_INDEX ? span !== 1 || chunk !== 0xff : type === U8 && span !== 1)
    throw new Error('span of an entry')
  const length = type === BLOB_DATA ? value.getUint16(0, true) : 0
  if (type === BLOB_DATA && (chunk === 0xff || span !== 1 + Math.ceil(length / ENTRY)))
    throw new Error('span of a chunk')
  if (entry + span > ENTRIES) throw new Error('beyond the end of the page')
  const data = page.subarray(64 + ENTRY * (entry + 1)).subarray(0, length)
  if (type === BLOB_DATA && value.getUint32(4, true) !== romCrc(data)) throw new Error('checksum of a chunk')
  return [{ space, type, chunk, key, value, data }, span]
}

function stateOf(page: Uint8Array, entry: number): number {
  return (page[32 + (entry >> 2)]! >> (2 * (entry & 3))) & 3
}

/** esp_rom_crc32_le(UINT32_MAX, ...), which is zlib's with this value before. */
function romCrc(bytes: Uint8Array): number {
  return crc32(bytes, 0xffffffff)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
