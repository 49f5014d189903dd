import type { Clock } from '../../ports/clock.js'
import type { FlashPort } from '../../ports/flash.js'
import type { WallClock } from '../../time/wall-clock.js'
import { storedId } from '../packet-ids.js'
import type { Draft, Queue, QueuedMessage } from '../queue.js'
import { prefixOf, textOf } from './body.js'
import { hasMark, Mark } from './entry.js'
import { Intake } from './intake.js'
import { type Found, Log } from './log.js'
import { after, type Pattern, type Place, type Ring } from './ring.js'

export interface JournalOptions {
  readonly flash: FlashPort
  readonly clock: Clock
  readonly wallClock: WallClock
  /** `next` may have something that it had not before. */
  onReady(): void
  /** The flash does not take a sample. */
  onRefused(sample: Draft): void
}

/** Where something is looked for. */
interface Cursor {
  readonly ring: Ring
  /** Undefined at the oldest entry. */
  readonly place: Place | undefined
}

/** Entries that are passed over at once, and how often that is done in one turn. */
const PASSED = 32
const LOOKS = 8

const UNDELIVERED: Pattern = Object.freeze({ mask: Mark.Delivered, value: Mark.Delivered })
const UNDER_WAY: Pattern = Object.freeze({ mask: Mark.Delivered | Mark.Sent, value: Mark.Delivered })

/**
 * Keeps every sample in flash from the moment it is taken until the broker has passed it on.
 *
 * Exactly once over power cuts: a message is marked sent before PUBLISH, received before PUBREL and delivered after
 * PUBCOMP, and its packet id follows from its sequence number. One that was under way when power went is brought to
 * its end before any other.
 *
 * No turn of the event loop is long: what takes a while is done in pieces, a few in each turn. That is opening, looking
 * for what was under way, and making room; samples that are taken meanwhile wait in memory, in their order.
 */
export class Journal implements Queue {
  #log: Log
  /** The message under way. */
  #current: Found | undefined
  /** The broker has forgotten the message under way, and that has had no consequence yet. */
  #forgotten = false
  /** Where the oldest undelivered entry is looked for. */
  #oldest: Cursor
  /** Where the message is looked for that was under way when the last boot ended; undefined when that is known. */
  #sought: Cursor | undefined
  /** Where the entries begin that were made since the connection came up. */
  #live: Place | undefined
  #isConnected = false
  #intake: Intake

  constructor(options: JournalOptions) {
    this.#log = new Log(options.flash)
    const start = { ring: this.#log.hours, place: undefined }
    this.#oldest = start
    this.#sought = start
    this.#log.onMoved = (sequence, to) => {
      if (this.#current?.entry.sequence === sequence) this.#current = to
      const moved = { ring: to.ring, place: to.entry }
      if (this.#oldest.ring !== to.ring) this.#oldest = moved
      if (this.#sought !== undefined && this.#sought.ring !== to.ring) this.#sought = moved
    }
    this.#log.onReclaim = (ring, sector) => this.#leave(ring, sector)
    this.#intake = new Intake({
      ...options,
      log: this.#log,
      onOpen: () => {
        if (this.#isConnected) this.onConnected()
        return this.#resume()
      },
      onIdle: () => options.onReady(),
    })
  }

  /** Takes a sample. It is written at once, or as soon as the flash is ready for it. */
  append(sample: Draft): void {
    this.#intake.append(sample)
  }

  /** Ends the work; what waits and can be written is. */
  close(): void {
    this.#intake.close()
  }

  /** A connection has come up: what is written from now on goes before what has waited. */
  onConnected(): void {
    this.#isConnected = true
    if (this.#intake.isOpen) this.#live = this.#log.minutes.end
  }

  /**
   * What is to be delivered next: what is under way, else what was written since the connection came up, else, with
   * `waiting`, the oldest. Undefined as long as the time is not known, and while that is being looked for; `onReady`
   * tells when it is worth to ask again.
   */
  next(waiting: boolean): QueuedMessage | undefined {
    if (!this.#log.isDated || this.#sought !== undefined) return undefined
    this.#renew()
    this.#current ??= this.#nextLive() ?? (waiting ? this.#nextOldest() : undefined)
    if (this.#current === undefined) return undefined
    const message = this.#messageOf(this.#current)
    if (message === undefined) {
      // It is damaged.
      this.delivered()
      this.#intake.askAgain()
    }
    return message
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
    this.#renew()
  }

  /**
   * Where PUBREL may have gone out, which cannot be taken back, a forgotten message is written once more and gets
   * another packet id; else it just goes out again.
   */
  #renew(): void {
    // Nothing dated may stand between the undated entries of a boot and its clock.
    if (!this.#forgotten || !this.#log.isDated || this.#sought !== undefined) return
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

  #messageOf(found: Found): QueuedMessage | undefined {
    const { ring, entry } = found
    const body = ring.read(entry)
    const time = this.#log.timeOf(found)
    if (body === undefined || time === undefined) return undefined
    const received = hasMark(entry, Mark.Received)
    // A bit that fell at the very moment of a power cut may not stay down.
    if (received) ring.mark(entry, Mark.Received)
    return {
      id: storedId(entry.sequence),
      topic: prefixOf(body) + time,
      text: textOf(body),
      published: hasMark(entry, Mark.Sent),
      received,
    }
  }

  /** Looks for the message that was under way when the last boot ended. */
  *#resume(): Generator<void> {
    const { hours, minutes } = this.#log
    while (this.#sought !== undefined) {
      const { ring, place } = this.#sought
      const entry = ring.find(place)
      if (entry === undefined) {
        this.#sought = ring === hours ? { ring: minutes, place: undefined } : undefined
      } else if (hasMark(entry, Mark.Sent) && this.#log.isWanted(ring, entry)) {
        this.#current = { ring, entry }
        this.#sought = undefined
      } else {
        this.#sought = { ring, place: ring.pass(after(entry), UNDER_WAY, PASSED) }
      }
      yield
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
    for (let looks = 0; looks < LOOKS; looks++) {
      const { ring, place } = this.#oldest
      const entry = ring.find(place)
      if (entry === undefined) {
        if (ring === this.#log.minutes) return undefined
        this.#oldest = { ring: this.#log.minutes, place: undefined }
        continue
      }
      if (place !== undefined && entry.sector !== place.sector) ring.drain(place.sector)
      // Never the same entry twice, also where the flash does not keep the mark that it is delivered.
      const next = after(entry)
      const isWanted = this.#log.isWanted(ring, entry)
      this.#oldest = { ring, place: isWanted ? next : ring.pass(next, UNDELIVERED, PASSED) }
      if (isWanted) return { ring, entry }
    }
    this.#intake.askAgain()
    return undefined
  }

  /** A sector is about to be erased. */
  #leave(ring: Ring, sector: number): void {
    const isThere = (place: Place | undefined) => place?.sector === sector
    if (this.#current?.ring === ring && isThere(this.#current.entry)) this.#current = undefined
    if (ring === this.#log.minutes && isThere(this.#live)) this.#live = undefined
    const start = { ring, place: undefined }
    if (this.#oldest.ring === ring && isThere(this.#oldest.place)) this.#oldest = start
    if (this.#sought?.ring === ring && isThere(this.#sought.place)) this.#sought = start
  }
}
