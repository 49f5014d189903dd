import { decodeUtf8, encodeUtf8 } from '../codec/utf8.js'
import type { FlashPort } from '../ports/flash.js'
import { hasMark, Kind, Mark, type StoredEntry } from './entry.js'
import { after, type Place, Ring } from './ring.js'
import { Times } from './times.js'

export interface JournalOptions {
  readonly flash: FlashPort
  /** The message as it goes on the wire. */
  seal(topic: string, text: string): Uint8Array
  /** Unix seconds of a moment of the monotonic clock (ms); undefined as long as the time is not known. */
  unix(at: number): number | undefined
}

export interface Sample {
  /** Topic up to the time. */
  readonly prefix: string
  /** Monotonic milliseconds. */
  readonly at: number
  readonly text: string
}

/** The message that is to be delivered next, and how far that has come before. */
export interface StoredMessage {
  readonly id: number
  readonly topic: string
  readonly payload: Uint8Array
  /** Its PUBLISH may have gone out. */
  readonly published: boolean
  /** Its PUBREC has come: only PUBREL may follow. */
  readonly received: boolean
}

interface Found {
  readonly ring: Ring
  readonly entry: StoredEntry
}

/** Hours have this part of the flash, minutes the rest. */
const HOURS_SHARE = 1 / 3

/** Packet ids from here on belong to the journal. */
const FIRST_ID = 0x8000
const HOUR = 3600

/**
 * Keeps every sample in flash from the moment it is taken until the broker has passed it on. Two rings: all samples
 * are written to `minutes`; when that needs its oldest sector, what is still undelivered there goes on in `hours`, the
 * first of each hour and kind; when that is full too, its oldest sector is given up. Everything in `hours` is older
 * than everything in `minutes`, so that both together are in order of time.
 *
 * Exactly once over power cuts: a message is marked sent before PUBLISH, received before PUBREL and delivered after
 * PUBCOMP, and its packet id follows from its sequence number. One that was under way when power went is brought to
 * its end before any other.
 */
export class Journal {
  #options: JournalOptions
  #minutes: Ring
  #hours: Ring
  #times: Times
  #sequence: number
  /** Whether undated entries of this boot are in a ring. */
  #undatedMinutes = false
  #undatedHours = false
  /** The message under way. */
  #current: Found | undefined
  /** It was looked for what was under way before this boot. */
  #resumed = false
  /** The broker has forgotten the message under way, and that has had no consequence yet. */
  #forgotten = false
  /** Where the oldest undelivered entry is looked for. */
  #oldest: { readonly ring: Ring; readonly place: Place | undefined }
  /** Where entries begin that were made since the connection came up. */
  #live: Place | undefined
  /** Hour last kept of each kind of sample. */
  #kept = new Map<string, number>()

  constructor(options: JournalOptions) {
    const { flash } = options
    const sectors = Math.floor(flash.size / flash.sectorSize)
    const hours = Math.floor(sectors * HOURS_SHARE)
    this.#options = options
    this.#hours = new Ring(flash, 0, hours)
    this.#minutes = new Ring(flash, hours, sectors - hours)
    this.#hours.onReclaim = (sector) => this.#giveUp(sector)
    this.#minutes.onReclaim = (sector) => this.#thin(sector)
    this.#times = new Times((this.#minutes.lastBoot % 0xffff) + 1)
    this.#sequence = Math.max(this.#minutes.lastSequence, this.#hours.lastSequence)
    this.#oldest = { ring: this.#hours, place: undefined }
  }

  /** Writes a sample; false when the flash does not take it. */
  append({ prefix, at, text }: Sample): boolean {
    this.#noteTime()
    const time = this.#options.unix(at)
    if (time === undefined) this.#undatedMinutes = true
    return this.#write(time, Math.floor(at / 1000), encodeBody(prefix, text))
  }

  /** A connection has come up: what is written from now on goes before what has waited. */
  onConnected(): void {
    this.#live = this.#minutes.end
  }

  /**
   * What is to be delivered next: what is under way, else what was written since the connection came up, else, with
   * `waiting`, the oldest. Undefined as long as the time is not known.
   */
  next(waiting: boolean): StoredMessage | undefined {
    this.#noteTime()
    if (this.#times.began === undefined) return undefined
    this.#resume()
    this.#renew()
    for (;;) {
      this.#current ??= this.#nextLive() ?? (waiting ? this.#nextOldest() : undefined)
      if (this.#current === undefined) return undefined
      const message = this.#messageOf(this.#current)
      if (message !== undefined) return message
      // It is damaged.
      this.delivered()
    }
  }

  /** To be called before PUBLISH. */
  sent(): void {
    this.#mark(Mark.Sent)
  }

  /** To be called when PUBREC has come, before PUBREL. */
  received(): void {
    this.#mark(Mark.Received)
  }

  /** To be called when PUBCOMP has come. */
  delivered(): void {
    this.#mark(Mark.Delivered)
    this.#current = undefined
  }

  /** The broker knows nothing of the message under way. */
  forget(): void {
    this.#forgotten = true
    this.#noteTime()
    this.#resume()
    this.#renew()
  }

  /**
   * Where PUBREL may have gone out, which cannot be taken back, a forgotten message is written once more and gets
   * another packet id; else it just goes out again.
   */
  #renew(): void {
    // Nothing dated may stand between the undated entries of a boot and its clock.
    if (!this.#forgotten || this.#times.began === undefined) return
    this.#forgotten = false
    if (this.#current === undefined || !hasMark(this.#current.entry, Mark.Received)) return
    const { ring, entry } = this.#current
    const body = ring.read(entry)
    const time = this.#times.of(ring, entry)
    if (body !== undefined && time !== undefined && !this.#write(time, 0, body)) return
    this.delivered()
  }

  #write(time: number | undefined, uptime: number, body: Uint8Array): boolean {
    const sequence = this.#sequence + 1
    const { boot } = this.#times
    const entry =
      time === undefined
        ? { kind: Kind.Undated, sequence, boot, time: uptime }
        : { kind: Kind.Dated, sequence, boot: 0, time }
    if (body.length > this.#minutes.capacity || this.#minutes.append(entry, body, boot) === undefined) return false
    this.#sequence = sequence
    return true
  }

  /** Once this boot knows the time, it is written behind what it has written before. */
  #noteTime(): void {
    const times = this.#times
    if (times.began !== undefined) return
    times.began = this.#options.unix(0)
    if (times.began === undefined) return
    const clock = { kind: Kind.Clock, time: times.began, boot: times.boot }
    const nothing = new Uint8Array(0)
    if (this.#undatedHours) this.#hours.append({ ...clock, sequence: this.#hours.lastSequence }, nothing, times.boot)
    if (this.#undatedMinutes) this.#minutes.append({ ...clock, sequence: ++this.#sequence }, nothing, times.boot)
  }

  #mark(mark: Mark): void {
    if (this.#current !== undefined && !hasMark(this.#current.entry, mark))
      this.#current.ring.mark(this.#current.entry, mark)
  }

  /** Looks once for the message that was under way when the last boot ended. */
  #resume(): void {
    if (this.#resumed) return
    this.#resumed = true
    for (const ring of [this.#hours, this.#minutes]) {
      for (let entry = ring.find(undefined); entry !== undefined; entry = ring.find(after(entry))) {
        if (hasMark(entry, Mark.Sent) && this.#isWanted(ring, entry)) {
          this.#current = { ring, entry }
          return
        }
      }
    }
  }

  #nextLive(): Found | undefined {
    while (this.#live !== undefined) {
      const entry = this.#minutes.find(this.#live)
      if (entry === undefined) break
      if (this.#isWanted(this.#minutes, entry)) return { ring: this.#minutes, entry }
      this.#live = after(entry)
    }
    return undefined
  }

  #nextOldest(): Found | undefined {
    for (;;) {
      const { ring, place } = this.#oldest
      const entry = ring.find(place)
      if (entry === undefined) {
        if (ring === this.#minutes) return undefined
        this.#oldest = { ring: this.#minutes, place: undefined }
        continue
      }
      if (place !== undefined && entry.sector !== place.sector) ring.drain(place.sector)
      const isWanted = this.#isWanted(ring, entry)
      this.#oldest = { ring, place: isWanted ? entry : after(entry) }
      if (isWanted) return { ring, entry }
    }
  }

  /** Whether an entry is yet to be delivered; one that can never be dated is not, nor one that is in `hours` too. */
  #isWanted(ring: Ring, entry: StoredEntry): boolean {
    if (entry.kind === Kind.Clock || hasMark(entry, Mark.Delivered)) return false
    if (ring === this.#minutes && entry.sequence <= this.#hours.lastSequence) return false
    return entry.boot === this.#times.boot || this.#times.of(ring, entry) !== undefined
  }

  #messageOf({ ring, entry }: Found): StoredMessage | undefined {
    const body = ring.read(entry)
    const time = this.#times.of(ring, entry)
    if (body === undefined || time === undefined) return undefined
    const received = hasMark(entry, Mark.Received)
    // A bit that fell at the very moment of a power cut may not stay down.
    if (received) ring.mark(entry, Mark.Received)
    const topic = prefixOf(body) + time
    return {
      id: FIRST_ID | (entry.sequence % FIRST_ID),
      topic,
      payload: this.#options.seal(topic, decodeUtf8(body, 1 + body[0]!)),
      published: hasMark(entry, Mark.Sent),
      received,
    }
  }

  /** The oldest sector of the minutes is needed: the first sample of each hour goes on in the hours. */
  #thin(sector: number): void {
    const minutes = this.#minutes
    let first: Place | undefined
    let entry = minutes.find({ sector, offset: 0 })
    for (; entry?.sector === sector; entry = minutes.find(after(entry))) {
      const body = this.#isWanted(minutes, entry) ? minutes.read(entry) : undefined
      if (body === undefined || !this.#isKept(entry, body)) continue
      const time = this.#times.of(minutes, entry)
      const { sequence, boot } = entry
      const copy = this.#hours.append(
        time === undefined
          ? { kind: Kind.Undated, sequence, boot, time: entry.time }
          : { kind: Kind.Dated, sequence, boot: 0, time },
        body,
        this.#times.boot,
        entry.marks,
      )
      if (copy === undefined) continue
      first ??= copy
      if (time === undefined) this.#undatedHours = true
      if (this.#current?.entry.sequence === sequence) this.#current = { ring: this.#hours, entry: copy }
    }
    if (this.#live?.sector === sector) this.#live = undefined
    if (this.#oldest.ring !== minutes) return
    if (first !== undefined) this.#oldest = { ring: this.#hours, place: first }
    else if (this.#oldest.place?.sector === sector) this.#oldest = { ring: minutes, place: undefined }
  }

  /** What may be with the broker is always kept. */
  #isKept(entry: StoredEntry, body: Uint8Array): boolean {
    if (this.#current?.entry.sequence === entry.sequence || hasMark(entry, Mark.Sent)) return true
    const time = this.#times.of(this.#minutes, entry)
    const hour = time === undefined ? -1 - Math.floor(entry.time / HOUR) : Math.floor(time / HOUR)
    const prefix = prefixOf(body)
    if (this.#kept.get(prefix) === hour) return false
    this.#kept.set(prefix, hour)
    return true
  }

  /** The oldest sector of the hours is needed. */
  #giveUp(sector: number): void {
    if (this.#current?.ring === this.#hours && this.#current.entry.sector === sector) this.#current = undefined
    if (this.#oldest.ring === this.#hours && this.#oldest.place?.sector === sector)
      this.#oldest = { ring: this.#hours, place: undefined }
  }
}

/** Length of the prefix u8, prefix, text; both in UTF-8. */
function encodeBody(prefix: string, text: string): Uint8Array {
  const head = encodeUtf8(prefix)
  const tail = encodeUtf8(text)
  const body = new Uint8Array(1 + head.length + tail.length)
  body[0] = head.length
  body.set(head, 1)
  body.set(tail, 1 + head.length)
  return body
}

function prefixOf(body: Uint8Array): string {
  return decodeUtf8(body, 1, 1 + body[0]!)
}
