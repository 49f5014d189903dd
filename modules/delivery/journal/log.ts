import type { FlashPort } from '../../ports/flash.js'
import { MAX_PREFIX, prefixOf } from './body.js'
import { hasMark, Kind, Mark, type StoredEntry } from './entry.js'
import { after, Ring } from './ring.js'
import { Times } from './times.js'

/** Hours have this part of the flash, minutes the rest. */
const HOURS_SHARE = 1 / 3
const HOUR = 3600

export interface Found {
  readonly ring: Ring
  readonly entry: StoredEntry
}

/**
 * Two rings: everything is written to `minutes`; when that needs its oldest sector, what is still undelivered there
 * goes on in `hours`, the first of each hour and kind; when that is full too, its oldest sector is given up. Everything
 * in `hours` is older than everything in `minutes`, so that both together are in order of time.
 */
export class Log {
  readonly minutes: Ring
  readonly hours: Ring
  /** An entry has gone on in the hours. */
  onMoved: (sequence: number, to: Found) => void = () => {}
  /** A sector is about to be erased. */
  onReclaim: (ring: Ring, sector: number) => void = () => {}
  /** Of no boot before it is open. */
  #times = new Times(0)
  #sequence = 0
  /** Whether undated entries of this boot are in a ring. */
  #undatedMinutes = false
  #undatedHours = false
  /** Hour last kept of each kind of sample. */
  #kept = new Map<string, number>()

  constructor(flash: FlashPort) {
    const sectors = Math.floor(flash.size / flash.sectorSize)
    const hours = Math.floor(sectors * HOURS_SHARE)
    this.hours = new Ring(flash, 0, hours)
    this.minutes = new Ring(flash, hours, sectors - hours)
    this.hours.onReclaim = (sector) => this.onReclaim(this.hours, sector)
    this.minutes.onReclaim = (sector) => {
      for (const _ of this.#thin(sector));
      this.onReclaim(this.minutes, sector)
    }
  }

  /** Reads what has to be known before anything else is called; yields after each small piece of that. */
  *open(): Generator<void> {
    yield* this.hours.open()
    yield* this.minutes.open()
    this.#times = new Times((this.minutes.lastBoot % 0xffff) + 1)
    const lastSeen = Math.max(this.minutes.lastSequence, this.hours.lastSequence)
    // What damage hides, in the newest sector or of it altogether, had numbers that are not given again: they would be
    // taken for those of entries that have gone on in the hours.
    this.#sequence = lastSeen + 2 * this.minutes.entriesPerSector
  }

  /** Whether this boot knows the time. */
  get isDated(): boolean {
    return this.#times.began !== undefined
  }

  /**
   * Writes a body; false when the flash does not take it.
   * @param time unix seconds, if they are known
   * @param uptime seconds since this boot began
   */
  write(body: Uint8Array, time: number | undefined, uptime: number): boolean {
    if (body.length > this.minutes.capacity) return false
    const sequence = this.#sequence + 1
    const { boot } = this.#times
    const entry =
      time === undefined
        ? { kind: Kind.Undated, sequence, boot, time: uptime }
        : { kind: Kind.Dated, sequence, boot: 0, time }
    if (time === undefined) this.#undatedMinutes = true
    if (this.minutes.append(entry, body, boot) === undefined) return false
    this.#sequence = sequence
    return true
  }

  /** Once this boot knows the unix time at which it began, that is written behind what it has written before. */
  setTime(began: number): void {
    const { boot } = this.#times
    this.#times.began = began
    const clock = { kind: Kind.Clock, time: began, boot }
    const nothing = new Uint8Array(0)
    if (this.#undatedHours) this.hours.append({ ...clock, sequence: this.hours.lastSequence }, nothing, boot)
    if (this.#undatedMinutes) this.minutes.append({ ...clock, sequence: ++this.#sequence }, nothing, boot)
  }

  /** Unix seconds; undefined when they are not known. */
  timeOf({ ring, entry }: Found): number | undefined {
    return this.#times.of(ring, entry)
  }

  /** Whether an entry is yet to be delivered; one that can never be dated is not, nor one that has gone on in `hours`. */
  isWanted(ring: Ring, entry: StoredEntry): boolean {
    if (entry.kind === Kind.Clock || hasMark(entry, Mark.Delivered)) return false
    if (ring === this.minutes && entry.sequence <= this.hours.lastSequence) return false
    return entry.boot === this.#times.boot || this.#times.of(ring, entry) !== undefined
  }

  /**
   * Prepares room for a body, and yields after each small piece of that: what goes on in the hours out of the sector that
   * is about to be erased goes there ahead of time, and is found there already when `write` looks.
   */
  *makeRoom(length: number): Generator<void> {
    if (!this.minutes.hasRoom(length)) yield* this.#thin(this.minutes.oldest)
  }

  /** Takes on into the hours what is to go on there out of a sector. */
  *#thin(sector: number): Generator<void> {
    const { minutes } = this
    let entry = minutes.find({ sector, offset: 0 })
    for (; entry?.sector === sector; entry = minutes.find(after(entry))) {
      if (this.isWanted(minutes, entry)) this.#takeOn(entry)
      yield
    }
  }

  #takeOn(entry: StoredEntry): void {
    const { minutes, hours } = this
    const time = this.#times.of(minutes, entry)
    const hour = time === undefined ? -1 - Math.floor(entry.time / HOUR) : Math.floor(time / HOUR)
    const isSent = hasMark(entry, Mark.Sent)
    // What may be with the broker is always kept, of the others the first of each hour and kind.
    if (!isSent && this.#kept.get(prefixOf(minutes.peek(entry, MAX_PREFIX))) === hour) return
    const body = minutes.read(entry)
    if (body === undefined) return
    if (!isSent) this.#kept.set(prefixOf(body), hour)
    const { sequence, boot, marks } = entry
    const kind = time === undefined ? Kind.Undated : Kind.Dated
    const moved = { kind, sequence, boot: time === undefined ? boot : 0, time: time ?? entry.time }
    const copy = hours.append(moved, body, this.#times.boot, marks)
    if (copy === undefined) return
    if (time === undefined) this.#undatedHours = true
    this.onMoved(sequence, { ring: hours, entry: copy })
  }
}
