import { encodeUtf8 } from '../codec/utf8.js'
import type { StoragePort } from '../ports/storage.js'
import { checksumOf } from './checksum.js'

/*
 * A slot holds the magic "ML", the format version, a sequence number u32, a length u16, that many bytes, and two
 * checksums of everything before: CRC-16 (0xFFFF) and CRC-16/EN-13757. One checksum alone would accept one torn write in
 * 65,536. Numbers are big-endian.
 */
const MAGIC = 0x4d4c
const VERSION = 2
const HEADER = 9
const CHECKSUM = 4

/** The room for them around a text, which then needs no copy of its bytes. */
const BEFORE = ' '.repeat(HEADER)
const BEHIND = ' '.repeat(CHECKSUM)

const NOTHING = new Uint8Array(0)

/** The checksums of a slot that flash has refused or reads back differently. */
export interface SlotError {
  readonly calculated: number
  readonly saved: number
}

/**
 * Keeps one record of bytes in two slots and writes them in turn. A power cut during a write leaves the other slot
 * intact. A slot that cannot be read stays until the next write.
 */
export class Slots {
  #storage: StoragePort
  #names: readonly [string, string]
  #sequence = 0

  /** @param name at most 13 characters */
  constructor(storage: StoragePort, name: string) {
    this.#storage = storage
    this.#names = [`${name}.a`, `${name}.b`]
  }

  /** The newest record; undefined when neither slot is intact. */
  read(): Uint8Array | undefined {
    const slots = this.#names.map((name) => this.#storage.read(name) ?? NOTHING)
    // The older slot is checked only if the newer one is damaged.
    if (sequenceOf(slots[1]!) > sequenceOf(slots[0]!)) slots.reverse()
    const newest = slots.find(isWhole)
    if (newest === undefined) return undefined
    this.#sequence = sequenceOf(newest)
    return newest.subarray(HEADER, newest.length - CHECKSUM)
  }

  /**
   * Writes the record over the older slot and reads it back. Returns the error, if any. After an error the newer slot is
   * still there, and the next write uses the same slot again.
   */
  write(bytes: Uint8Array): SlotError | undefined {
    const slot = new Uint8Array(HEADER + bytes.length + CHECKSUM)
    slot.set(bytes, HEADER)
    return this.#write(slot)
  }

  /** As `write`, of the text in UTF-8. */
  writeText(text: string): SlotError | undefined {
    // In one piece: a template would make a longer text for each part.
    return this.#write(encodeUtf8(BEFORE.concat(text, BEHIND)))
  }

  /** Writes a slot that has its record already. */
  #write(slot: Uint8Array): SlotError | undefined {
    const sequence = this.#sequence + 1
    const end = slot.length - CHECKSUM
    const view = viewOf(slot)
    view.setUint16(0, MAGIC)
    view.setUint8(2, VERSION)
    view.setUint32(3, sequence)
    view.setUint16(7, end - HEADER)
    const saved = checksumOf(slot, end)
    view.setUint32(end, saved)
    const name = this.#names[sequence % 2]!
    if (!this.#storage.write(name, slot)) return { calculated: 0, saved }
    const stored = this.#storage.read(name) ?? NOTHING
    if (!isSame(stored, slot))
      return { calculated: stored.length < CHECKSUM ? 0 : checksumOf(stored, stored.length - CHECKSUM), saved }
    this.#sequence = sequence
    return undefined
  }
}

function isWhole(slot: Uint8Array): boolean {
  if (slot.length < HEADER + CHECKSUM) return false
  const view = viewOf(slot)
  const end = HEADER + view.getUint16(7)
  return (
    view.getUint16(0) === MAGIC &&
    view.getUint8(2) === VERSION &&
    end + CHECKSUM === slot.length &&
    view.getUint32(end) === checksumOf(slot, end)
  )
}

/** The sequence number, which begins at 1; 0 for an empty slot. */
function sequenceOf(slot: Uint8Array): number {
  return slot.length < HEADER ? 0 : viewOf(slot).getUint32(3)
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  const words = wordsOf(one)
  const others = wordsOf(other)
  let i = 0
  for (; i < words.length; i++) if (words[i] !== others[i]) return false
  for (i *= 4; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}

/** A whole buffer as 32-bit words, without an incomplete last one. */
function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, 0, bytes.length >> 2)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
