import type { FlashPort } from '../../ports/flash.js'
import { ENTRY_HEADER, type Entry, encodeEntry, MAX_BODY, Mark, type StoredEntry, sizeOf } from './entry.js'
import { type Outcome, type Pattern, type Position, SECTOR_HEADER, Sectors } from './sectors.js'

/** Sectors that are tried when a write does not read back. */
const ATTEMPTS = 3

/** How much of the opening is one piece of work: so many sector headers, or so many bytes. */
const HEADERS = 4
const BYTES = 256

/**
 * An append-only log over some sectors of a flash, used in turn, so that they wear alike. An entry counts once it is
 * marked as committed, after it was read back; the ring never shows an entry that a power cut left unfinished. Opening
 * reads the header of each sector and the entries of the newest one. Nothing else may be called before the ring is
 * open. Where a header cannot be read the ring writes nothing, as nobody knows what would be lost.
 */
export class Ring {
  /** Called before the oldest sector is erased. */
  onReclaim: (sector: number) => void = () => {}
  /** Sequence number of the newest entry. */
  lastSequence = 0
  /** Newest boot that has written. */
  lastBoot = 0
  #sectors: Sectors
  #head = -1
  #number = 0
  #end = 0
  /** Whether each header could be read when the ring was opened. */
  #isKnown = true

  constructor(flash: FlashPort, first: number, sectors: number) {
    this.#sectors = new Sectors(flash, first, sectors)
  }

  /** Reads what has to be known, and yields after each small piece of that. */
  *open(): Generator<void> {
    const sectors = this.#sectors
    for (let sector = 0; sector < sectors.count; sector++) {
      if (sector % HEADERS === HEADERS - 1) yield
      const hasHeader = sectors.open(sector)
      this.#isKnown &&= hasHeader !== undefined
      if (!hasHeader || sectors.number <= this.#number) continue
      this.#head = sector
      this.#number = sectors.number
      this.lastSequence = sectors.lastSequence
      this.lastBoot = sectors.boot
    }
    if (this.#head >= 0) yield* this.#findEnd()
  }

  /** Where the next entry will be. */
  get end(): Position {
    return { sector: Math.max(0, this.#head), offset: this.#end }
  }

  /** The sector that is reclaimed next. */
  get oldest(): number {
    return (this.#head + 1) % this.#sectors.count
  }

  /** Most entries that a sector holds. */
  get entriesPerSector(): number {
    return Math.floor(this.#sectors.size / ENTRY_HEADER)
  }

  /** Bytes of the longest body. */
  get capacity(): number {
    return Math.min(MAX_BODY, this.#sectors.size - SECTOR_HEADER - ENTRY_HEADER)
  }

  /** Whether an entry with a body of this length fits without a sector being reclaimed. */
  hasRoom(length: number): boolean {
    return this.#head >= 0 && this.#end + sizeOf(length) <= this.#sectors.size
  }

  /** The first entry at or after a position; without one, the oldest entry that may still be pending. */
  find(from: Position | undefined): StoredEntry | undefined {
    if (this.#head < 0) return undefined
    let { sector, offset } = from ?? { sector: this.oldest, offset: 0 }
    for (;;) {
      if (offset > 0 || this.#sectors.mayHavePending(sector)) {
        const entry = this.#sectors.readEntry(sector, Math.max(offset, SECTOR_HEADER))
        if (entry !== undefined) return entry
      }
      if (sector === this.#head) return undefined
      sector = (sector + 1) % this.#sectors.count
      offset = 0
    }
  }

  /**
   * Moves a position forward over at most so many entries whose marks do not match, as far as the end of the sector.
   * This takes a fraction of the work of `find`.
   */
  pass(from: Position, unlike: Pattern, most: number): Position {
    return this.#sectors.pass(from, unlike, most)
  }

  /**
   * The first entry behind a run of entries that are alike. Nothing else is between them, so that the last sector that
   * begins with one of them can be found by halving.
   * @param entry the first of the run
   */
  behind(entry: StoredEntry, isAlike: (entry: StoredEntry) => boolean): StoredEntry | undefined {
    let last = entry
    let low = 0
    let high = this.#distance(entry.sector, this.#head)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      const first = this.find({ sector: (entry.sector + middle) % this.#sectors.count, offset: 0 })
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

  /** The first bytes of a body, at most so many, damaged or not; none where the flash cannot be read. */
  peek(entry: StoredEntry, most: number): Uint8Array {
    return this.#sectors.peek(entry, most)
  }

  /** The body; undefined when it is damaged or cannot be read. */
  read(entry: StoredEntry): Uint8Array | undefined {
    return this.#sectors.readBody(entry)
  }

  /** Writes an entry with these marks and that of being committed; undefined when the flash does not take it. */
  append(entry: Entry, body: Uint8Array, boot: number, marks = 0xff): StoredEntry | undefined {
    const bytes = encodeEntry(entry, body, marks)
    const isFull = () => !this.hasRoom(body.length)
    for (let attempt = 0; attempt < ATTEMPTS && this.#isKnown; attempt++) {
      if (isFull() && this.#advance(boot) === 'refused') return undefined
      if (isFull()) continue
      const position = this.end
      const outcome = this.#sectors.write(position, bytes)
      if (outcome !== 'whole') {
        if (outcome === 'torn' || !this.#sectors.isBlank(position, bytes.length)) this.#end = this.#sectors.size
        if (outcome === 'refused') return undefined
        continue
      }
      this.#end += bytes.length
      const stored = { ...entry, ...position, length: body.length, marks: marks | Mark.Committed }
      if (!this.mark(stored, Mark.Committed)) return undefined
      this.lastSequence = entry.sequence
      return stored
    }
    return undefined
  }

  /** Returns whether the flash keeps it. */
  mark(entry: StoredEntry, mark: Mark): boolean {
    entry.marks &= ~mark
    return this.#sectors.writeMarks(entry)
  }

  /** Writes down that no entry of the sector is pending any more. */
  markDrained(sector: number): void {
    this.#sectors.markDrained(sector)
  }

  /** Makes the oldest sector the newest, unless the flash refuses. */
  #advance(boot: number): Outcome {
    const sector = this.oldest
    const hasHeader = this.#sectors.readHeader(sector)
    // Nothing may be erased in a flash that cannot be read.
    if (hasHeader === undefined) return 'refused'
    if (hasHeader) {
      this.onReclaim(sector)
      if (!this.#sectors.wipe(sector)) return 'refused'
    }
    const outcome = this.#sectors.begin(sector, this.#number + 1, this.lastSequence, boot)
    if (outcome === undefined) return 'refused'
    this.#number++
    this.#head = sector
    this.#end = outcome === 'whole' ? SECTOR_HEADER : this.#sectors.size
    return outcome
  }

  /** Looks for the end of the entries in the newest sector; its last byte counts as that after an unfinished write. */
  *#findEnd(): Generator<void> {
    const sectors = this.#sectors
    this.#end = SECTOR_HEADER
    let last: StoredEntry | undefined
    for (;;) {
      yield
      const entry = sectors.readEntry(this.#head, this.#end)
      if (entry === undefined) break
      last = entry
      this.#end = after(entry).offset
      if (this.read(entry) === undefined) continue
      this.lastSequence = entry.sequence
      if (entry.boot !== 0) this.lastBoot = entry.boot
    }
    // A bit that fell at the very moment of a power cut may not stay down.
    if (last !== undefined) this.mark(last, Mark.Committed)
    for (let at = this.#end; at < sectors.size; at += BYTES) {
      if (!sectors.isBlank({ sector: this.#head, offset: at }, BYTES)) {
        this.#end = sectors.size
        return
      }
      yield
    }
  }

  /** How many sectors it is from one to another, in the direction of use. */
  #distance(from: number, to: number): number {
    return (to - from + this.#sectors.count) % this.#sectors.count
  }
}

/** Where the entry behind this one would be. */
export function after({ sector, offset, length }: StoredEntry): Position {
  return { sector, offset: offset + sizeOf(length) }
}
