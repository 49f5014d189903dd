import type { Clock } from '../../ports/clock.js'
import type { FlashPort } from '../../ports/flash.js'
import type { WallClock } from '../../time/wall-clock.js'
import { storedId } from '../packet-ids.js'
import type { Draft, Queue, QueuedMessage } from '../queue.js'
import { prefixOf, textOf } from './body.js'
import { hasMark, Mark } from './entry.js'
import { Intake } from './intake.js'
import { type Located, Log } from './log.js'
import { after, type Ring } from './ring.js'
import type { Pattern, Position } from './sectors.js'

export interface JournalOptions {
  readonly flash: FlashPort
  readonly clock: Clock
  readonly wallClock: WallClock
  /** Called when `next` may have a message that it had not before. */
  onReady(): void
  /** Called with a sample that the flash does not take. */
  onRefused(sample: Draft): void
}

/** A place in the log from which the journal looks for an entry. */
interface Cursor {
  readonly ring: Ring
  /** Undefined at the oldest entry. */
  readonly position: Position | undefined
}

/** How many entries the journal passes over at once, and how often it does so in one turn. */
const PASSED = 32
const LOOKS = 8

const UNDELIVERED: Pattern = Object.freeze({ mask: Mark.Delivered, value: Mark.Delivered })
const UNDER_WAY: Pattern = Object.freeze({ mask: Mark.Delivered | Mark.Sent, value: Mark.Delivered })

/**
 * A queue in flash. It keeps every sample from the moment it is taken until the broker has passed it on.
 *
 * The journal delivers exactly once over power cuts: it marks a message as sent before PUBLISH, as received before
 * PUBREL and as delivered after PUBCOMP, and the packet id follows from the sequence number. A message that was under
 * way when power went comes before any other.
 *
 * No turn of the event loop is long. The journal opens, looks for the message that was under way and makes room in
 * pieces, a few in each turn. Samples that come meanwhile wait in memory, in their order.
 */
export class Journal implements Queue {
  #log: Log
  /** The message under way. */
  #current: Located | undefined
  /** Whether the broker has forgotten the message under way, and `#renew` has not dealt with that yet. */
  #forgotten = false
  /** From here on is the oldest pending entry. */
  #oldest: Cursor
  /** From here on may be the message that was under way when the last boot ended; undefined once the search is over. */
  #sought: Cursor | undefined
  /** From here on are the entries that were written since the connection came up. */
  #live: Position | undefined
  #isConnected = false
  #intake: Intake

  constructor(options: JournalOptions) {
    this.#log = new Log(options.flash)
    const start = { ring: this.#log.archive, position: undefined }
    this.#oldest = start
    this.#sought = start
    this.#log.onMoved = (sequence, to) => {
      if (this.#current?.entry.sequence === sequence) this.#current = to
      const moved = { ring: to.ring, position: to.entry }
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

  /** `full` while samples wait that were thinned; `refuses` since the last sample that the flash did not take. */
  get flash(): 'works' | 'full' | 'refuses' {
    if (this.#intake.isRefused) return 'refuses'
    const { ring, position } = this.#oldest
    if (!this.#intake.isOpen || ring !== this.#log.archive) return 'works'
    const first = ring.find(position)
    const entry = first && ring.find(ring.pass(first, UNDELIVERED, PASSED))
    return entry !== undefined && this.#log.isPending(ring, entry) ? 'full' : 'works'
  }

  /** Writes a sample at once, or as soon as the flash is ready for it. */
  append(sample: Draft): void {
    this.#intake.append(sample)
  }

  /** Ends the work. An open log gets the samples that still wait. */
  close(): void {
    this.#intake.close()
  }

  /** A connection has come up: samples that are written from now on go before those that have waited. */
  onConnected(): void {
    this.#isConnected = true
    if (this.#intake.isOpen) this.#live = this.#log.recent.end
  }

  /**
   * The message under way, else one that was written since the connection came up, else, with `waiting`, the oldest. The
   * result is also undefined while the journal looks for a message; it calls `onReady` when asking again is worthwhile.
   */
  next(waiting: boolean): QueuedMessage | undefined {
    if (!this.#log.isDated || this.#sought !== undefined) return undefined
    this.#renew()
    this.#current ??= this.#nextLive() ?? (waiting ? this.#nextOldest() : undefined)
    if (this.#current === undefined) return undefined
    const message = this.#messageOf(this.#current)
    if (message === undefined) {
      // Nobody can deliver a damaged entry.
      this.delivered()
      this.#intake.askAgain()
    }
    return message
  }

  sent(): void {
    this.#mark(Mark.Sent)
  }

  received(): void {
    this.#mark(Mark.Received)
  }

  delivered(): void {
    if (this.#current !== undefined) this.#log.markDelivered(this.#current)
    this.#current = undefined
  }

  forget(): void {
    this.#forgotten = true
    this.#renew()
  }

  /**
   * Deals with a message that the broker has forgotten. Marks cannot be taken back: where PUBREL may have gone out, the
   * journal writes the message once more, under another packet id. Otherwise the message just goes out again.
   */
  #renew(): void {
    // No dated entry may stand between the undated entries of a boot and its boot time.
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

  #messageOf(found: Located): QueuedMessage | undefined {
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
    const { archive, recent } = this.#log
    while (this.#sought !== undefined) {
      const { ring, position } = this.#sought
      const entry = ring.find(position)
      if (entry === undefined) {
        this.#sought = ring === archive ? { ring: recent, position: undefined } : undefined
      } else if (hasMark(entry, Mark.Sent) && this.#log.isPending(ring, entry)) {
        this.#current = { ring, entry }
        this.#sought = undefined
      } else {
        this.#sought = { ring, position: ring.pass(after(entry), UNDER_WAY, PASSED) }
      }
      yield
    }
  }

  #nextLive(): Located | undefined {
    const ring = this.#log.recent
    while (this.#live !== undefined) {
      const entry = ring.find(this.#live)
      if (entry === undefined) break
      this.#live = after(entry)
      if (this.#log.isPending(ring, entry)) return { ring, entry }
    }
    return undefined
  }

  #nextOldest(): Located | undefined {
    for (let looks = 0; looks < LOOKS; looks++) {
      const { ring, position } = this.#oldest
      const entry = ring.find(position)
      if (entry === undefined) {
        if (ring === this.#log.recent) return undefined
        this.#oldest = { ring: this.#log.recent, position: undefined }
        continue
      }
      if (position !== undefined && entry.sector !== position.sector) ring.markDrained(position.sector)
      // Never the same entry twice, also where the flash does not keep the mark that it is delivered.
      const next = after(entry)
      const isPending = this.#log.isPending(ring, entry)
      this.#oldest = { ring, position: isPending ? next : ring.pass(next, UNDELIVERED, PASSED) }
      if (isPending) return { ring, entry }
    }
    this.#intake.askAgain()
    return undefined
  }

  /** Forgets every place in a sector that is about to be erased. */
  #leave(ring: Ring, sector: number): void {
    const isThere = (position: Position | undefined) => position?.sector === sector
    if (this.#current?.ring === ring && isThere(this.#current.entry)) this.#current = undefined
    if (ring === this.#log.recent && isThere(this.#live)) this.#live = undefined
    const start = { ring, position: undefined }
    if (this.#oldest.ring === ring && isThere(this.#oldest.position)) this.#oldest = start
    if (this.#sought?.ring === ring && isThere(this.#sought.position)) this.#sought = start
  }
}
