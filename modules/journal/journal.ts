import type { FlashPort } from '../ports/flash.js'
import { encodeBody, prefixOf, textOf } from './body.js'
import { hasMark, Mark } from './entry.js'
import { type Found, Log } from './log.js'
import { after, type Place, type Ring } from './ring.js'

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
export interface JournalMessage {
  readonly id: number
  readonly topic: string
  readonly payload: Uint8Array
  /** Its PUBLISH may have gone out. */
  readonly published: boolean
  /** Its PUBREC has come: only PUBREL may follow. */
  readonly received: boolean
}

/** Packet ids from here on belong to the journal. */
const FIRST_ID = 0x8000

/**
 * Keeps every sample in flash from the moment it is taken until the broker has passed it on.
 *
 * Exactly once over power cuts: a message is marked sent before PUBLISH, received before PUBREL and delivered after
 * PUBCOMP, and its packet id follows from its sequence number. One that was under way when power went is brought to
 * its end before any other.
 */
export class Journal {
  #options: JournalOptions
  #log: Log
  /** The message under way. */
  #current: Found | undefined
  /** What was under way before this boot has been looked for. */
  #resumed = false
  /** The broker has forgotten the message under way, and that has had no consequence yet. */
  #forgotten = false
  /** Where the oldest undelivered entry is looked for. */
  #oldest: { readonly ring: Ring; readonly place: Place | undefined }
  /** Where the entries begin that were made since the connection came up. */
  #live: Place | undefined

  constructor(options: JournalOptions) {
    this.#options = options
    this.#log = new Log(options.flash)
    this.#log.onMoved = (sequence, to) => {
      if (this.#current?.entry.sequence === sequence) this.#current = to
    }
    this.#log.onReclaim = (ring, sector, moved) => this.#leave(ring, sector, moved)
    this.#oldest = { ring: this.#log.hours, place: undefined }
  }

  /** Writes a sample; false when the flash does not take it. */
  append({ prefix, at, text }: Sample): boolean {
    this.noteTime()
    return this.#log.write(encodeBody(prefix, text), this.#options.unix(at), Math.floor(at / 1000))
  }

  /** To be called when the time may have become known: what was written before it is lost if the boot ends without. */
  noteTime(): void {
    if (this.#log.isDated) return
    const began = this.#options.unix(0)
    if (began !== undefined) this.#log.setTime(began)
  }

  /** A connection has come up: what is written from now on goes before what has waited. */
  onConnected(): void {
    this.#live = this.#log.minutes.end
  }

  /**
   * What is to be delivered next: what is under way, else what was written since the connection came up, else, with
   * `waiting`, the oldest. Undefined as long as the time is not known.
   */
  next(waiting: boolean): JournalMessage | undefined {
    this.noteTime()
    if (!this.#log.isDated) return undefined
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
    this.noteTime()
    this.#resume()
    this.#renew()
  }

  /**
   * Where PUBREL may have gone out, which cannot be taken back, a forgotten message is written once more and gets
   * another packet id; else it just goes out again.
   */
  #renew(): void {
    // Nothing dated may stand between the undated entries of a boot and its clock.
    if (!this.#forgotten || !this.#log.isDated) return
    this.#forgotten = false
    if (this.#current === undefined || !hasMark(this.#current.entry, Mark.Received)) return
    const body = this.#current.ring.read(this.#current.entry)
    const time = this.#log.timeOf(this.#current)
    if (body === undefined || time === undefined || this.#log.write(body, time, 0)) this.delivered()
  }

  #mark(mark: Mark): void {
    if (this.#current !== undefined && !hasMark(this.#current.entry, mark))
      this.#current.ring.mark(this.#current.entry, mark)
  }

  #messageOf(found: Found): JournalMessage | undefined {
    const { ring, entry } = found
    const body = ring.read(entry)
    const time = this.#log.timeOf(found)
    if (body === undefined || time === undefined) return undefined
    const received = hasMark(entry, Mark.Received)
    // A bit that fell at the very moment of a power cut may not stay down.
    if (received) ring.mark(entry, Mark.Received)
    const topic = prefixOf(body) + time
    return {
      id: FIRST_ID | (entry.sequence % FIRST_ID),
      topic,
      payload: this.#options.seal(topic, textOf(body)),
      published: hasMark(entry, Mark.Sent),
      received,
    }
  }

  /** Looks once for the message that was under way when the last boot ended. */
  #resume(): void {
    if (this.#resumed) return
    this.#resumed = true
    for (const ring of [this.#log.hours, this.#log.minutes]) {
      for (let entry = ring.find(undefined); entry !== undefined; entry = ring.find(after(entry))) {
        if (hasMark(entry, Mark.Sent) && this.#log.isWanted(ring, entry)) {
          this.#current = { ring, entry }
          return
        }
      }
    }
  }

  #nextLive(): Found | undefined {
    const ring = this.#log.minutes
    while (this.#live !== undefined) {
      const entry = ring.find(this.#live)
      if (entry === undefined) break
      this.#live = after(entry)
      if (this.#log.isWanted(ring, entry)) return { ring, entry }
    }
    return undefined
  }

  #nextOldest(): Found | undefined {
    for (;;) {
      const { ring, place } = this.#oldest
      const entry = ring.find(place)
      if (entry === undefined) {
        if (ring === this.#log.minutes) return undefined
        this.#oldest = { ring: this.#log.minutes, place: undefined }
        continue
      }
      if (place !== undefined && entry.sector !== place.sector) ring.drain(place.sector)
      // Never the same entry twice, also where the flash does not keep the mark that it is delivered.
      this.#oldest = { ring, place: after(entry) }
      if (this.#log.isWanted(ring, entry)) return { ring, entry }
    }
  }

  /** A sector is about to be erased; `moved` is where the first of its entries went. */
  #leave(ring: Ring, sector: number, moved: Place | undefined): void {
    const { minutes, hours } = this.#log
    if (this.#current?.ring === ring && this.#current.entry.sector === sector) this.#current = undefined
    if (ring === minutes && this.#live?.sector === sector) this.#live = undefined
    if (moved !== undefined && this.#oldest.ring === minutes) this.#oldest = { ring: hours, place: moved }
    if (this.#oldest.ring === ring && this.#oldest.place?.sector === sector) this.#oldest = { ring, place: undefined }
  }
}
