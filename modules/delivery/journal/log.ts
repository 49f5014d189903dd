import type { FlashPort } from '../../ports/flash.js'
import { MAX_PREFIX, prefixOf } from './body.js'
import { hasMark, Kind, Mark, type StoredEntry } from './entry.js'
import { EntryDates } from './entry-dates.js'
import { after, Ring } from './ring.js'

/** The archive has this part of the flash, the recent samples have the rest. */
const ARCHIVE_SHARE = 1 / 3
const HOUR = 3600
/** How many delivered entries without a mark are remembered. */
const MOST_UNMARKED = 64

export interface Located {
  readonly ring: Ring
  readonly entry: StoredEntry
}

/**
 * Two rings. Everything is written to `recent`. When `recent` needs its oldest sector, `archive` takes over the pending
 * entries of that sector: the first of each hour and kind of sample. When the archive is full too, its oldest sector is
 * given up. Everything in `archive` is older than everything in `recent`, so that both together are in order of time.
 */
export class Log {
  readonly recent: Ring
  readonly archive: Ring
  /** Called when the archive has taken over an entry. */
  onMoved: (sequence: number, to: Located) => void = () => {}
  /** Called before a sector is erased. */
  onReclaim: (ring: Ring, sector: number) => void = () => {}
  /** No boot has this number: the log is not open yet. */
  #dates = new EntryDates(0)
  #sequence = 0
  /** Whether a ring has undated entries of this boot. */
  #hasUndatedRecent = false
  #hasUndatedArchive = false
  /** The hour that was archived last, for each kind of sample. */
  #archived = new Map<string, number>()
  /** Sequence numbers of delivered entries whose mark the flash does not keep, the latest last. */
  #unmarked: number[] = []

  constructor(flash: FlashPort) {
    const sectors = Math.floor(flash.size / flash.sectorSize)
    const archived = Math.floor(sectors * ARCHIVE_SHARE)
    this.archive = new Ring(flash, 0, archived)
    this.recent = new Ring(flash, archived, sectors - archived)
    this.archive.onReclaim = (sector) => this.onReclaim(this.archive, sector)
    this.recent.onReclaim = (sector) => {
      for (const _ of this.#downsample(sector));
      this.onReclaim(this.recent, sector)
    }
  }

  /** Reads what has to be known before anything else may be called, and yields after each small piece of that. */
  *open(): Generator<void> {
    yield* this.archive.open()
    yield* this.recent.open()
    this.#dates = new EntryDates((this.recent.lastBoot % 0xffff) + 1)
    const lastSeen = Math.max(this.recent.lastSequence, this.archive.lastSequence)
    // Skip the numbers that damage may hide in the newest sector: a number given twice would look as if the archive had
    // taken over its entry.
    this.#sequence = lastSeen + 2 * this.recent.entriesPerSector
  }

  /** Whether this boot knows the time. */
  get isDated(): boolean {
    return this.#dates.began !== undefined
  }

  /**
   * Writes a body; false when the flash does not take it.
   * @param time unix seconds, if they are known
   * @param uptime seconds since this boot began
   */
  write(body: Uint8Array, time: number | undefined, uptime: number): boolean {
    if (body.length > this.recent.capacity) return false
    const sequence = this.#sequence + 1
    const { boot } = this.#dates
    const entry =
      time === undefined
        ? { kind: Kind.Undated, sequence, boot, time: uptime }
        : { kind: Kind.Dated, sequence, boot: 0, time }
    if (time === undefined) this.#hasUndatedRecent = true
    if (this.recent.append(entry, body, boot) === undefined) return false
    this.#sequence = sequence
    return true
  }

  /** Takes the unix time at which this boot began, and writes it behind the undated entries of this boot. */
  setBootTime(began: number): void {
    const { boot } = this.#dates
    this.#dates.began = began
    const bootTime = { kind: Kind.BootTime, time: began, boot }
    const nothing = new Uint8Array(0)
    if (this.#hasUndatedArchive)
      this.archive.append({ ...bootTime, sequence: this.archive.lastSequence }, nothing, boot)
    if (this.#hasUndatedRecent) this.recent.append({ ...bootTime, sequence: ++this.#sequence }, nothing, boot)
  }

  /** Unix seconds; undefined when they are not known. */
  timeOf({ ring, entry }: Located): number | undefined {
    return this.#dates.of(ring, entry)
  }

  /**
   * Marks an entry as delivered. Where the flash does not keep that, memory does until the next start, for the latest
   * such entries.
   */
  markDelivered({ ring, entry }: Located): void {
    if (ring.mark(entry, Mark.Delivered)) return
    this.#unmarked.push(entry.sequence)
    if (this.#unmarked.length > MOST_UNMARKED) this.#unmarked.shift()
  }

  /**
   * Whether an entry is yet to be delivered. An entry that can never be dated is not pending, nor is one that the archive
   * has taken over.
   */
  isPending(ring: Ring, entry: StoredEntry): boolean {
    if (entry.kind === Kind.BootTime || hasMark(entry, Mark.Delivered)) return false
    if (this.#unmarked.includes(entry.sequence)) return false
    if (ring === this.recent && entry.sequence <= this.archive.lastSequence) return false
    return entry.boot === this.#dates.boot || this.#dates.of(ring, entry) !== undefined
  }

  /**
   * Prepares room for a body, and yields after each small piece of that: the archive takes over what it has to from the
   * sector that is about to be erased, so that `write` finds that done.
   */
  *makeRoom(length: number): Generator<void> {
    if (!this.recent.hasRoom(length)) yield* this.#downsample(this.recent.oldest)
  }

  /** Lets the archive take over what it has to from a sector of `recent`. */
  *#downsample(sector: number): Generator<void> {
    const { recent } = this
    let entry = recent.find({ sector, offset: 0 })
    for (; entry?.sector === sector; entry = recent.find(after(entry))) {
      if (this.isPending(recent, entry)) this.#moveToArchive(entry)
      yield
    }
  }

  #moveToArchive(entry: StoredEntry): void {
    const { recent, archive } = this
    const time = this.#dates.of(recent, entry)
    const hour = time === undefined ? -1 - Math.floor(entry.time / HOUR) : Math.floor(time / HOUR)
    const isSent = hasMark(entry, Mark.Sent)
    // Never drop an entry whose PUBLISH may have gone out; of the others keep the first of each hour and kind.
    if (!isSent && this.#archived.get(prefixOf(recent.peek(entry, MAX_PREFIX))) === hour) return
    const body = recent.read(entry)
    if (body === undefined) return
    if (!isSent) this.#archived.set(prefixOf(body), hour)
    const { sequence, boot, marks } = entry
    const kind = time === undefined ? Kind.Undated : Kind.Dated
    const moved = { kind, sequence, boot: time === undefined ? boot : 0, time: time ?? entry.time }
    const copy = archive.append(moved, body, this.#dates.boot, marks)
    if (copy === undefined) return
    if (time === undefined) this.#hasUndatedArchive = true
    this.onMoved(sequence, { ring: archive, entry: copy })
  }
}
