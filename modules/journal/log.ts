import type { FlashPort } from '../ports/flash.js'
import { prefixOf } from './body.js'
import { hasMark, Kind, Mark, type StoredEntry } from './entry.js'
import { after, type Place, Ring } from './ring.js'
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
  /** A sector is about to be erased; `moved` is where the first of its entries went. */
  onReclaim: (ring: Ring, sector: number, moved: Place | undefined) => void = () => {}
  #times: Times
  #sequence: number
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
    this.hours.onReclaim = (sector) => this.onReclaim(this.hours, sector, undefined)
    this.minutes.onReclaim = (sector) => this.onReclaim(this.minutes, sector, this.#thin(sector))
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

  /** Where the first entry of a sector went that has gone on in the hours. */
  #thin(sector: number): Place | undefined {
    const { minutes, hours } = this
    let first: Place | undefined
    let entry = minutes.find({ sector, offset: 0 })
    for (; entry?.sector === sector; entry = minutes.find(after(entry))) {
      const body = this.isWanted(minutes, entry) ? minutes.read(entry) : undefined
      if (body === undefined || !this.#isKept(entry, body)) continue
      const time = this.#times.of(minutes, entry)
      const { sequence, boot } = entry
      const copy = hours.append(
        time === undefined
          ? { kind: Kind.Undated, sequence, boot, time: entry.time }
          : { kind: Kind.Dated, sequence, boot: 0, time },
        body,
        this.#times.boot,
        entry.marks,
      )
      if (copy === undefined) continue
      if (time === undefined) this.#undatedHours = true
      first ??= copy
      this.onMoved(sequence, { ring: hours, entry: copy })
    }
    return first
  }

  /** What may be with the broker is always kept. */
  #isKept(entry: StoredEntry, body: Uint8Array): boolean {
    if (hasMark(entry, Mark.Sent)) return true
    const time = this.#times.of(this.minutes, entry)
    const hour = time === undefined ? -1 - Math.floor(entry.time / HOUR) : Math.floor(time / HOUR)
    const prefix = prefixOf(body)
    if (this.#kept.get(prefix) === hour) return false
    this.#kept.set(prefix, hour)
    return true
  }
}
