import { crc16 } from '../../codec/crc16.js'
import type { FlashPort } from '../../ports/flash.js'
import {
  bodyLength,
  bodyOf,
  decodeHeader,
  ENTRY_BEGINNING,
  ENTRY_HEADER,
  type Entry,
  encodeEntry,
  MAX_BODY,
  Mark,
  type StoredEntry,
  sizeOf,
} from './entry.js'

/*
 * A sector: magic "MJ", version u8, 0, number u32, last sequence before it u32, boot u16, CRC-16 (0xFFFF) over all
 * before it, a byte that falls to 0 when nothing in it is wanted any more, padding; then entries.
 */
const MAGIC = 0x4d4a
const VERSION = 1
const CHECKSUM = 14
const DRAINED = 16
const SECTOR_HEADER = 20

/** Sectors that are tried when a write does not read back. */
const ATTEMPTS = 3

/** What is done at once while a ring is opened: headers of sectors read, or bytes looked at. */
const HEADERS = 4
const BYTES = 256

/** What is known of a sector. */
const State = Object.freeze({ Free: 0, InUse: 1, Drained: 2 } as const)

/** Where an entry begins; at offset 0 the sector does. */
export interface Place {
  readonly sector: number
  readonly offset: number
}

/** What became of a write: `torn` does not read back, and `refused` is what the flash would not even begin. */
type Outcome = 'whole' | 'torn' | 'refused'

/** Marks of an entry: those bits of them that are asked for, and how they are to be. */
export interface Pattern {
  readonly mask: number
  readonly value: number
}

/**
 * An append-only log over some sectors of a flash, used in turn, so that they wear alike. An entry counts once it is
 * marked whole, after it was read back; what power cuts short before that is never seen again. Opening reads the
 * header of each sector and the entries of the newest one; nothing else is to be called before it is open. Where a
 * header cannot be read nothing is written, as nobody knows what would be lost.
 */
export class Ring {
  /** Called before the oldest sector is erased. */
  onReclaim: (sector: number) => void = () => {}
  /** Sequence of the newest entry. */
  lastSequence = 0
  /** Newest boot that has written. */
  lastBoot = 0
  #flash: FlashPort
  #first: number
  #sectors: number
  #head = -1
  #number = 0
  #end = 0
  /** Each header was read when this was opened. */
  #isKnown = true
  /** Of each sector, so that nobody has to read the headers again. */
  #states: Uint8Array
  #header = new Uint8Array(SECTOR_HEADER)
  #view = new DataView(this.#header.buffer)
  #entry = this.#header.subarray(0, ENTRY_HEADER)
  #beginning = this.#header.subarray(0, ENTRY_BEGINNING)

  constructor(flash: FlashPort, first: number, sectors: number) {
    this.#flash = flash
    this.#first = first
    this.#sectors = sectors
    this.#states = new Uint8Array(sectors)
  }

  /** Reads what has to be known; yields after each small piece of that. */
  *open(): Generator<void> {
    for (let sector = 0; sector < this.#sectors; sector++) {
      if (sector % HEADERS === HEADERS - 1) yield
      const hasHeader = this.#readHeader(sector)
      this.#isKnown &&= hasHeader !== undefined
      if (!hasHeader) continue
      this.#states[sector] = this.#header[DRAINED] === 0 ? State.Drained : State.InUse
      if (this.#view.getUint32(4) <= this.#number) continue
      this.#head = sector
      this.#number = this.#view.getUint32(4)
      this.lastSequence = this.#view.getUint32(8)
      this.lastBoot = this.#view.getUint16(12)
    }
    if (this.#head >= 0) yield* this.#findEnd()
  }

  /** Where the next entry will be. */
  get end(): Place {
    return { sector: Math.max(0, this.#head), offset: this.#end }
  }

  /** The sector that is reclaimed next. */
  get oldest(): number {
    return (this.#head + 1) % this.#sectors
  }

  /** Most entries that a sector holds. */
  get entriesPerSector(): number {
    return Math.floor(this.#flash.sectorSize / ENTRY_HEADER)
  }

  /** Bytes of the longest body. */
  get capacity(): number {
    return Math.min(MAX_BODY, this.#flash.sectorSize - SECTOR_HEADER - ENTRY_HEADER)
  }

  /** Whether an entry with a body of this length fits without a sector being reclaimed. */
  hasRoom(length: number): boolean {
    return this.#head >= 0 && this.#end + sizeOf(length) <= this.#flash.sectorSize
  }

  /** The first entry at or after a place; without one, the oldest that may still be wanted. */
  find(from: Place | undefined): StoredEntry | undefined {
    if (this.#head < 0) return undefined
    let { sector, offset } = from ?? { sector: this.oldest, offset: 0 }
    for (;;) {
      if (offset > 0 || this.#states[sector] === State.InUse) {
        const entry = this.#readEntry(sector, Math.max(offset, SECTOR_HEADER))
        if (entry !== undefined) return entry
      }
      if (sector === this.#head) return undefined
      sector = (sector + 1) % this.#sectors
      offset = 0
    }
  }

  /**
   * Goes on from a place over at most so many entries whose marks are not like that, as far as the end of the sector:
   * a fraction of the work of `find`.
   */
  pass({ sector, offset }: Place, { mask, value }: Pattern, most: number): Place {
    const { sectorSize } = this.#flash
    const start = this.#address(sector, 0)
    let at = Math.max(offset, SECTOR_HEADER)
    for (let left = most; left > 0 && at + ENTRY_HEADER <= sectorSize; left--) {
      if (!this.#flash.read(start + at, this.#beginning)) break
      const length = bodyLength(this.#beginning, sectorSize - at)
      if (length < 0 || (this.#beginning[0]! & mask) === value) break
      at += sizeOf(length)
    }
    return { sector, offset: at }
  }

  /**
   * The first entry behind a run of those that are alike. Nothing else is between them, so that the last sector that
   * begins with one is found by halves.
   * @param entry the first of the run
   */
  behind(entry: StoredEntry, isAlike: (entry: StoredEntry) => boolean): StoredEntry | undefined {
    let last = entry
    let low = 0
    let high = this.#distance(entry.sector, this.#head)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const first = this.find({ sector: (entry.sector + middle) % this.#sectors, offset: 0 })
      if (first !== undefined && isAlike(first)) {
        last = first
        low = this.#distance(entry.sector, first.sector)
      } else {
        high = middle - 1
      }
    }
    let next = this.find(after(last))
    while (next !== undefined && isAlike(next)) next = this.find(after(next))
    return next
  }

  /** How the body begins, in case it is not damaged; nothing where it cannot be read. */
  peek({ sector, offset, length }: StoredEntry, most: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(length, most))
    return this.#flash.read(this.#address(sector, offset + ENTRY_HEADER), bytes) ? bytes : new Uint8Array(0)
  }

  /** The body; undefined when it is damaged or cannot be read. */
  read({ sector, offset, length }: StoredEntry): Uint8Array | undefined {
    const bytes = new Uint8Array(ENTRY_HEADER + length)
    return this.#flash.read(this.#address(sector, offset), bytes) ? bodyOf(bytes) : undefined
  }

  /** Writes an entry with these marks beside that of being whole; undefined when the flash does not take it. */
  append(entry: Entry, body: Uint8Array, boot: number, marks = 0xff): StoredEntry | undefined {
    const bytes = encodeEntry(entry, body, marks)
    const isFull = () => !this.hasRoom(body.length)
    for (let attempt = 0; attempt < ATTEMPTS && this.#isKnown; attempt++) {
      if (isFull() && this.#advance(boot) === 'refused') return undefined
      if (isFull()) continue
      const sector = this.#head
      const offset = this.#end
      const outcome = this.#write(sector, offset, bytes)
      if (outcome !== 'whole') {
        if (outcome === 'torn' || !this.#isBlank(offset, bytes.length)) this.#end = this.#flash.sectorSize
        if (outcome === 'refused') return undefined
        continue
      }
      this.#end += bytes.length
      const stored = { ...entry, sector, offset, length: body.length, marks: marks | Mark.Whole }
      if (!this.mark(stored, Mark.Whole)) return undefined
      this.lastSequence = entry.sequence
      return stored
    }
    return undefined
  }

  /** Returns whether the flash took it. */
  mark(entry: StoredEntry, mark: Mark): boolean {
    entry.marks &= ~mark
    return this.#flash.write(this.#address(entry.sector, entry.offset), Uint8Array.of(entry.marks))
  }

  /** Nothing in the sector is wanted any more. */
  drain(sector: number): void {
    this.#states[sector] = State.Drained
    this.#flash.write(this.#address(sector, DRAINED), Uint8Array.of(0))
  }

  /**
   * Makes the oldest sector the newest, unless the flash refuses. Its header is wiped before it is erased: an erase that
   * power cuts short may leave anything, also an entry whose marks are gone.
   */
  #advance(boot: number): Outcome {
    const sector = this.oldest
    // Nothing is erased by a flash that cannot be read.
    const hasHeader = this.#readHeader(sector)
    if (hasHeader === undefined) return 'refused'
    if (hasHeader) {
      this.onReclaim(sector)
      if (!this.#flash.write(this.#address(sector, 0), new Uint8Array(DRAINED))) return 'refused'
      this.#states[sector] = State.Free
    }
    if (!this.#flash.erase(this.#first + sector)) return 'refused'
    const header = new Uint8Array(DRAINED)
    const view = new DataView(header.buffer)
    view.setUint16(0, MAGIC)
    view.setUint8(2, VERSION)
    view.setUint32(4, ++this.#number)
    view.setUint32(8, this.lastSequence)
    view.setUint16(12, boot)
    view.setUint16(CHECKSUM, crc16(header, 0, CHECKSUM, 0xffff))
    const outcome = this.#write(sector, 0, header)
    const isWhole = outcome === 'whole'
    this.#states[sector] = isWhole ? State.InUse : State.Free
    this.#head = sector
    this.#end = isWhole ? SECTOR_HEADER : this.#flash.sectorSize
    return outcome
  }

  /** Writes and reads back. */
  #write(sector: number, offset: number, bytes: Uint8Array): Outcome {
    const address = this.#address(sector, offset)
    const written = new Uint8Array(bytes.length)
    if (!this.#flash.write(address, bytes) || !this.#flash.read(address, written)) return 'refused'
    for (let i = 0; i < bytes.length; i++) if (written[i] !== bytes[i]) return 'torn'
    return 'whole'
  }

  /** Behind the entries of the newest sector; its end when a write was cut short there. */
  *#findEnd(): Generator<void> {
    this.#end = SECTOR_HEADER
    let last: StoredEntry | undefined
    for (;;) {
      yield
      const entry = this.#readEntry(this.#head, this.#end)
      if (entry === undefined) break
      last = entry
      this.#end = after(entry).offset
      if (this.read(entry) === undefined) continue
      this.lastSequence = entry.sequence
      if (entry.boot !== 0) this.lastBoot = entry.boot
    }
    // A bit that fell at the very moment of a power cut may not stay down.
    if (last !== undefined) this.mark(last, Mark.Whole)
    for (let at = this.#end; at < this.#flash.sectorSize; at += BYTES) {
      if (!this.#isBlank(at, BYTES)) {
        this.#end = this.#flash.sectorSize
        return
      }
      yield
    }
  }

  /** Whether nothing was written to these bytes of the newest sector. */
  #isBlank(offset: number, length: number): boolean {
    const piece = new Uint8Array(Math.min(length, this.#flash.sectorSize - offset))
    if (!this.#flash.read(this.#address(this.#head, offset), piece)) return false
    for (let i = 0; i < piece.length; i++) if (piece[i] !== 0xff) return false
    return true
  }

  /** Whether the sector has a header, which then is in `#header`; undefined where the flash cannot be read. */
  #readHeader(sector: number): boolean | undefined {
    if (!this.#flash.read(this.#address(sector, 0), this.#header)) return undefined
    return (
      this.#view.getUint16(0) === MAGIC &&
      this.#view.getUint8(2) === VERSION &&
      this.#view.getUint16(CHECKSUM) === crc16(this.#header, 0, CHECKSUM, 0xffff)
    )
  }

  #readEntry(sector: number, offset: number): StoredEntry | undefined {
    const room = this.#flash.sectorSize - offset
    if (room < ENTRY_HEADER) return undefined
    if (!this.#flash.read(this.#address(sector, offset), this.#entry)) return undefined
    return decodeHeader(this.#view, sector, offset, room)
  }

  /** How many sectors on it is from one to another. */
  #distance(from: number, to: number): number {
    return (to - from + this.#sectors) % this.#sectors
  }

  #address(sector: number, offset: number): number {
    return (this.#first + sector) * this.#flash.sectorSize + offset
  }
}

/** Where the entry behind this one would be. */
export function after({ sector, offset, length }: StoredEntry): Place {
  return { sector, offset: offset + sizeOf(length) }
}
