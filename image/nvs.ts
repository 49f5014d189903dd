import { encodeUtf8 } from '../modules/codec/utf8.js'
import { crc32 } from './crc32.js'

/*
 * A partition of ESP-IDF's NVS, version 2 (nvs_page.hpp, nvs_types.hpp, nvs_constants.h of v6.0): pages of 4096 bytes, each
 * with a header of 32 bytes, the states of its entries, and 126 entries of 32 bytes. Numbers are little-endian. A name
 * space is an entry whose value is its number. A blob is an entry with its length and checksum, the entries that hold its
 * bytes, and an index entry.
 */
const PAGE = 4096
const ENTRY = 32
const ENTRIES = 126
const STATES_AT = 32
const ENTRIES_AT = 64

/** Page states lose bits: this one is initialised, and not full. */
const ACTIVE = 0xfffffffe
const FORMAT = 0xfe

const Type = { U8: 0x01, BlobData: 0x42, BlobIndex: 0x48 } as const

/** The name space of name spaces, and the one that is written. */
const NAMES = 0
const FIRST = 1

/** Stands for no chunk. */
const NO_CHUNK = 0xff

/** Characters of the longest key and name. */
const MAX_KEY = 15

/**
 * An NVS partition with one name space.
 * @param size bytes, a multiple of 4096 of at least two
 * @param blobs by their keys of 1 to 15 characters; each takes two entries and one for each 32 bytes, of 125 in all
 */
export function nvsPartition(size: number, space: string, blobs: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const partition = new Uint8Array(size).fill(0xff)
  const page = new Page(partition.subarray(0, PAGE))
  page.writeNumber(NAMES, space, FIRST)
  for (const [key, blob] of blobs) page.writeBlob(FIRST, key, blob)
  return partition
}

/** The first page. The others stay erased: NVS takes them when it needs them. */
class Page {
  #bytes: Uint8Array
  #next = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    const view = viewOf(bytes)
    view.setUint32(0, ACTIVE, true)
    // The sequence number, from 4 to 7.
    view.setUint32(4, 0, true)
    bytes[8] = FORMAT
    view.setUint32(28, crc32(bytes.subarray(4, 28)), true)
  }

  writeNumber(space: number, key: string, value: number): void {
    this.#entry({ space, type: Type.U8, span: 1, chunk: NO_CHUNK, key }, (view) => view.setUint8(0, value))
  }

  writeBlob(space: number, key: string, blob: Uint8Array): void {
    const data = Math.ceil(blob.length / ENTRY)
    this.#entry({ space, type: Type.BlobData, span: 1 + data, chunk: 0, key }, (view) => {
      view.setUint16(0, blob.length, true)
      view.setUint32(4, crc32(blob), true)
    })
    this.#take(data).set(blob)
    this.#entry({ space, type: Type.BlobIndex, span: 1, chunk: NO_CHUNK, key }, (view) => {
      view.setUint32(0, blob.length, true)
      // One chunk, and the number of the first.
      view.setUint8(4, 1)
      view.setUint8(5, 0)
    })
  }

  /** @param setValue writes into the last 8 bytes */
  #entry({ space, type, span, chunk, key }: EntryHead, setValue: (value: DataView) => void): void {
    const name = encodeUtf8(key)
    if (name.length < 1 || name.length > MAX_KEY) throw new RangeError(`"${key}": expected 1 to ${MAX_KEY} bytes`)
    const entry = this.#take(1)
    entry.set([space, type, span, chunk])
    entry.fill(0, 8, 24).set(name, 8)
    setValue(viewOf(entry.subarray(24)))
    const checked = new Uint8Array(28)
    checked.set(entry.subarray(0, 4))
    checked.set(entry.subarray(8), 4)
    viewOf(entry).setUint32(4, crc32(checked), true)
  }

  /** The next entries, marked as written. */
  #take(count: number): Uint8Array {
    const first = this.#next
    if (first + count > ENTRIES) throw new RangeError('more than a page of NVS holds')
    // Two bits an entry; written is 10.
    for (let entry = first; entry < first + count; entry++)
      this.#bytes[STATES_AT + (entry >> 2)]! &= ~(1 << (2 * (entry & 3)))
    this.#next += count
    return this.#bytes.subarray(ENTRIES_AT + ENTRY * first, ENTRIES_AT + ENTRY * this.#next)
  }
}

interface EntryHead {
  readonly space: number
  readonly type: number
  /** Entries with those that follow. */
  readonly span: number
  readonly chunk: number
  readonly key: string
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
