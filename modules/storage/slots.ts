import { crc16 } from '../codec/crc16.js'
import { crc16En13757 } from '../codec/crc16-en13757.js'
import type { StoragePort } from '../ports/storage.js'

/*
 * One slot: magic "ML", format version, sequence u32, length u16, that many bytes, and over all before it CRC-16 (0xFFFF)
 * and CRC-16/EN-13757: one of the two would let one torn write in 65,536 pass. Numbers are big-endian.
 */
const MAGIC = 0x4d4c
const VERSION = 2
const HEADER = 9
const CHECKSUM = 4

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
    let newest: Uint8Array | undefined
    for (const name of this.#names) {
      const slot = this.#storage.read(name)
      if (slot === undefined || !isWhole(slot)) continue
      const sequence = viewOf(slot).getUint32(3)
      if (newest === undefined || sequence > this.#sequence) {
        this.#sequence = sequence
        newest = slot.subarray(HEADER, slot.length - CHECKSUM)
      }
    }
    return newest
  }

  /**
   * Replaces the older slot, and reads it back; what is wrong with it then. What goes wrong leaves the newer one, and the
   * next write goes where this one went.
   */
  write(bytes: Uint8Array): SlotError | undefined {
    const slot = new Uint8Array(HEADER + bytes.length + CHECKSUM)
    const view = viewOf(slot)
    view.setUint16(0, MAGIC)
    view.setUint8(2, VERSION)
    const sequence = this.#sequence + 1
    view.setUint32(3, sequence)
    view.setUint16(7, bytes.length)
    slot.set(bytes, HEADER)
    const end = HEADER + bytes.length
    view.setUint32(end, checksumOf(slot, end))
    const name = this.#names[sequence % 2]!
    const saved = view.getUint32(end)
    if (!this.#storage.write(name, slot)) return { calculated: 0, saved }
    const error = verify(this.#storage.read(name), saved)
    if (error === undefined) this.#sequence = sequence
    return error
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

function verify(slot: Uint8Array | undefined, saved: number): SlotError | undefined {
  if (slot === undefined || slot.length < CHECKSUM) return { calculated: 0, saved }
  const end = slot.length - CHECKSUM
  const calculated = checksumOf(slot, end)
  return calculated === saved && isWhole(slot) ? undefined : { calculated, saved }
}

function checksumOf(slot: Uint8Array, end: number): number {
  return ((crc16(slot, 0, end, 0xffff) << 16) | crc16En13757(slot, 0, end)) >>> 0
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
