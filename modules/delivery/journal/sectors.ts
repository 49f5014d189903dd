import { crc16 } from '../../codec/crc16.js'
import type { FlashPort } from '../../ports/flash.js'
import { bodyLength, bodyOf, decodeHeader, ENTRY_BEGINNING, ENTRY_HEADER, type StoredEntry, sizeOf } from './entry.js'

/*
 * A sector begins with the magic number "MJ", version u8, 0, number u32, last sequence before it u32, boot u16, CRC-16
 * (0xFFFF) over everything before it, a byte that falls to 0 when no entry is pending any more, and padding. Entries
 * follow.
 */
const MAGIC = 0x4d4a
const VERSION = 1
const NUMBER = 4
const LAST_SEQUENCE = 8
const BOOT = 12
const CHECKSUM = 14
const DRAINED = 16
export const SECTOR_HEADER = 20

/** What is known of a sector. */
const State = Object.freeze({ Free: 0, InUse: 1, Drained: 2 } as const)

/** Where an entry begins; at offset 0 the sector does. */
export interface Position {
  readonly sector: number
  readonly offset: number
}

/** The outcome of a write. `torn` does not read back; `refused` was not even begun. */
export type Outcome = 'whole' | 'torn' | 'refused'

/** Marks of an entry: the bits that are asked for, and their values. */
export interface Pattern {
  readonly mask: number
  readonly value: number
}

/** Reads and writes the sectors of one ring, and knows which of them have pending entries. */
export class Sectors {
  /** How many there are. */
  readonly count: number
  #flash: FlashPort
  #first: number
  /** The state of each sector, so that no header is read twice. */
  #states: Uint8Array
  /** The header that was read last, of a sector or of an entry. */
  #header = new Uint8Array(SECTOR_HEADER)
  #view = new DataView(this.#header.buffer)
  #entry = this.#header.subarray(0, ENTRY_HEADER)
  #beginning = this.#header.subarray(0, ENTRY_BEGINNING)

  /** @param first number of the ring's first sector in the flash */
  constructor(flash: FlashPort, first: number, count: number) {
    this.#flash = flash
    this.#first = first
    this.count = count
    this.#states = new Uint8Array(count)
  }

  /** Bytes of a sector. */
  get size(): number {
    return this.#flash.sectorSize
  }

  /** Returns whether the sector has a header; undefined where the flash cannot be read. */
  readHeader(sector: number): boolean | undefined {
    if (!this.#flash.read(this.#address(sector, 0), this.#header)) return undefined
    return (
      this.#view.getUint16(0) === MAGIC &&
      this.#view.getUint8(2) === VERSION &&
      this.#view.getUint16(CHECKSUM) === crc16(this.#header, 0, CHECKSUM, 0xffff)
    )
  }

  /** Like `readHeader`, and remembers whether the sector has pending entries. */
  open(sector: number): boolean | undefined {
    const hasHeader = this.readHeader(sector)
    if (hasHeader) this.#states[sector] = this.#header[DRAINED] === 0 ? State.Drained : State.InUse
    return hasHeader
  }

  /** The sector's number in its header, which was read last. A later sector has a higher number. */
  get number(): number {
    return this.#view.getUint32(NUMBER)
  }

  /** Sequence number of the last entry before the sector whose header was read last. */
  get lastSequence(): number {
    return this.#view.getUint32(LAST_SEQUENCE)
  }

  /** The boot that has begun the sector whose header was read last. */
  get boot(): number {
    return this.#view.getUint16(BOOT)
  }

  mayHavePending(sector: number): boolean {
    return this.#states[sector] === State.InUse
  }

  /** Writes down that no entry of the sector is pending any more. */
  markDrained(sector: number): void {
    this.#states[sector] = State.Drained
    this.#flash.write(this.#address(sector, DRAINED), Uint8Array.of(0))
  }

  /**
   * Makes the header invalid and returns whether the flash took that. Called before `begin`: an erase that power cuts
   * short may leave anything, also an entry whose marks are gone.
   */
  wipe(sector: number): boolean {
    if (!this.#flash.write(this.#address(sector, 0), new Uint8Array(DRAINED))) return false
    this.#states[sector] = State.Free
    return true
  }

  /** Erases the sector and writes a header; undefined when the flash does not erase. */
  begin(sector: number, number: number, lastSequence: number, boot: number): Outcome | undefined {
    if (!this.#flash.erase(this.#first + sector)) return undefined
    const header = new Uint8Array(DRAINED)
    const view = new DataView(header.buffer)
    view.setUint16(0, MAGIC)
    view.setUint8(2, VERSION)
    view.setUint32(NUMBER, number)
    view.setUint32(LAST_SEQUENCE, lastSequence)
    view.setUint16(BOOT, boot)
    view.setUint16(CHECKSUM, crc16(header, 0, CHECKSUM, 0xffff))
    const outcome = this.write({ sector, offset: 0 }, header)
    this.#states[sector] = outcome === 'whole' ? State.InUse : State.Free
    return outcome
  }

  /** The entry at a position, without its body; undefined where none begins. */
  readEntry(sector: number, offset: number): StoredEntry | undefined {
    const room = this.size - offset
    if (room < ENTRY_HEADER) return undefined
    if (!this.#flash.read(this.#address(sector, offset), this.#entry)) return undefined
    return decodeHeader(this.#view, sector, offset, room)
  }

  /** See `Ring.pass`. */
  pass({ sector, offset }: Position, { mask, value }: Pattern, most: number): Position {
    const start = this.#address(sector, 0)
    let at = Math.max(offset, SECTOR_HEADER)
    for (let left = most; left > 0 && at + ENTRY_HEADER <= this.size; left--) {
      if (!this.#flash.read(start + at, this.#beginning)) break
      const length = bodyLength(this.#beginning, this.size - at)
      if (length < 0 || (this.#beginning[0]! & mask) === value) break
      at += sizeOf(length)
    }
    return { sector, offset: at }
  }

  /** The first bytes of a body, at most so many, damaged or not; none where the flash cannot be read. */
  peek({ sector, offset, length }: StoredEntry, most: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(length, most))
    return this.#flash.read(this.#address(sector, offset + ENTRY_HEADER), bytes) ? bytes : new Uint8Array(0)
  }

  /** The body of an entry; undefined when it is damaged or cannot be read. */
  readBody({ sector, offset, length }: StoredEntry): Uint8Array | undefined {
    const bytes = new Uint8Array(ENTRY_HEADER + length)
    return this.#flash.read(this.#address(sector, offset), bytes) ? bodyOf(bytes) : undefined
  }

  /** Writes the marks of an entry as they are now; returns whether the flash keeps them. A worn bit stays up in silence. */
  writeMarks({ sector, offset, marks }: StoredEntry): boolean {
    const address = this.#address(sector, offset)
    const byte = Uint8Array.of(marks)
    return this.#flash.write(address, byte) && this.#flash.read(address, byte) && (byte[0]! & ~marks) === 0
  }

  /** Writes and reads back. */
  write({ sector, offset }: Position, bytes: Uint8Array): Outcome {
    const address = this.#address(sector, offset)
    const written = new Uint8Array(bytes.length)
    if (!this.#flash.write(address, bytes) || !this.#flash.read(address, written)) return 'refused'
    for (let i = 0; i < bytes.length; i++) if (written[i] !== bytes[i]) return 'torn'
    return 'whole'
  }

  /** Whether these bytes, as far as the sector goes, were never written. */
  isBlank({ sector, offset }: Position, length: number): boolean {
    const piece = new Uint8Array(Math.min(length, this.size - offset))
    if (!this.#flash.read(this.#address(sector, offset), piece)) return false
    for (let i = 0; i < piece.length; i++) if (piece[i] !== 0xff) return false
    return true
  }

  #address(sector: number, offset: number): number {
    return (this.#first + sector) * this.size + offset
  }
}
