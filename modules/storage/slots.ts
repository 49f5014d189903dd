import type { StoragePort } from '../ports/storage.js'
import { checksumOf } from './checksum.js'

/*
 * One slot: magic "ML", format version, sequence u32, length u16, that many bytes, and over all before it CRC-16 (0xFFFF)
 * and CRC-16/EN-13757: one of the two would let one torn write in 65,536 pass. Numbers are big-endian.
 */
const MAGIC = 0x4d4c
const VERSION = 2
const HEADER = 9
const CHECKSUM = 4

const NOTHING = new Uint8Array(0)

/** The sums of a slot that was refused, or does not read back as it was written. */
export interface SlotError {
  readonly calculated: number
  readonly saved: number
}

/**
 * One record of bytes in two slots written in turn: a write that power cuts short leaves the other slot, and what
 * cannot be read is not erased before the next write.
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

  /** The newest record; undefined when neither slot holds a whole one. */
  read(): Uint8Array | undefined {
    const slots = this.#names.map((name) => this.#storage.read(name) ?? NOTHING)
    // Seldom is the newer one not whole, and the other looked at.
    if (sequenceOf(slots[1]!) > sequenceOf(slots[0]!)) slots.reverse()
    const newest = slots.find(isWhole)
    if (newest === undefined) return undefined
    this.#sequence = sequenceOf(newest)
    return newest.subarray(HEADER, newest.length - CHECKSUM)
  }

  /**
   * Replaces the older slot, and reads it back; what is wrong with it then. What goes wrong leaves the newer one, and the
   * next write goes where this one went.
   */
  write(bytes: Uint8Array): SlotError | undefined {
    const sequence = this.#sequence + 1
    const slot = new Uint8Array(HEADER + bytes.length + CHECKSUM)
    const view = viewOf(slot)
    view.setUint16(0, MAGIC)
    view.setUint8(2, VERSION)
    view.setUint32(3, sequence)
    view.setUint16(7, bytes.length)
    slot.set(bytes, HEADER)
    const end = HEADER + bytes.length
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

/** -1 where there is none. */
function sequenceOf(slot: Uint8Array): number {
  return slot.length < HEADER ? -1 : viewOf(slot).getUint32(3)
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  const [words, others] = [wordsOf(one), wordsOf(other)]
  for (let i = 0; i < words.length; i++) if (words[i] !== others[i]) return false
  for (let i = 4 * words.length; i < one.length; i++) if (one[i] !== other[i]) return false
  return true
}

/** As many as are whole. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
