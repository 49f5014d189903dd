import type { Clock, Timer } from '../ports/clock.js'
import type { StoragePort } from '../ports/storage.js'
import { Slots } from '../storage/slots.js'
import { unixTime } from '../time/unix-time.js'

/** How far the time of a command may be from ours, in seconds, either way. */
export const TIME_WINDOW = 1800

/** An entry holds 8 bytes of the tag and the lowest 32 bits of the command's time (`unixTime`). */
const TAG = 8
const ENTRY = TAG + 4
const CAPACITY = 256
/** The guard takes memory for so many entries at a time: as a rule it has few. */
const STEP = 32

/** The tags of commands that change nothing wait so long for flash, so that the server's polling does not wear it. */
const DELAY = 60_000

/**
 * Remembers accepted commands as long as their time would let them in again, over a restart too, so that no command acts
 * or is answered twice. A full guard forgets the earliest command and refuses every command as early as that from then
 * on: the server's next attempt has a new time.
 */
export class ReplayGuard {
  #clock: Clock
  #slots: Slots
  #entries = new Uint8Array(STEP * ENTRY)
  #view = new DataView(this.#entries.buffer)
  #count = 0
  /** The guard refuses commands of this time and earlier; 0 stands for no such time, in flash too. */
  #floor = 0
  #dirty = false
  /** The bytes of the next write, once `prepare` has made them. */
  #slot: Uint8Array | undefined
  #isLoaded = false
  #timer: Timer | undefined

  constructor(storage: StoragePort, clock: Clock) {
    this.#clock = clock
    this.#slots = new Slots(storage, 'tags')
    // Load in a turn of its own: much else is read when power comes.
    this.#timer = clock.set(() => this.#load(), 0)
  }

  #load(): void {
    if (this.#isLoaded) return
    this.#isLoaded = true
    this.#clock.clear(this.#timer)
    this.#timer = undefined
    const stored = this.#slots.read()
    if (stored === undefined || stored.length < 4) return
    const floor = new DataView(stored.buffer, stored.byteOffset, 4).getUint32(0)
    if (floor !== 0) this.#floor = unixTime(floor)
    this.#count = Math.min(CAPACITY, Math.floor((stored.length - 4) / ENTRY))
    this.#reserve()
    this.#entries.set(stored.subarray(4, 4 + this.#count * ENTRY))
  }

  /**
   * Whether a command with this tag and time may act now. The guard refuses the same command from then on.
   * @param tag the HMAC of the message
   * @param now unix seconds; undefined when the clock is not set, and every command is refused
   */
  accept(tag: Uint8Array, time: number, now: number | undefined): boolean {
    this.#load()
    if (now === undefined || Math.abs(time - now) > TIME_WINDOW || time <= this.#floor) return false
    let earliest = 0
    let earliestTime = Number.POSITIVE_INFINITY
    for (let i = 0; i < this.#count; ) {
      const before = this.#time(i)
      if (before < now - TIME_WINDOW) {
        this.#remove(i)
        continue
      }
      if (this.#isTag(i, tag)) return false
      if (before < earliestTime) {
        earliest = i
        earliestTime = before
      }
      i++
    }
    if (this.#count === CAPACITY) {
      this.#floor = Math.min(time, earliestTime)
      if (time <= this.#floor) return false
      this.#remove(earliest)
    }
    const at = this.#count++ * ENTRY
    this.#reserve()
    this.#entries.set(tag.subarray(0, TAG), at)
    this.#view.setUint32(at + TAG, time)
    this.#dirty = true
    this.#slot = undefined
    this.#timer ??= this.#clock.set(() => {
      this.prepare()
      this.#timer = this.#clock.set(() => this.flush(), 0)
    }, DELAY)
    return true
  }

  /** Writes the tags that flash does not have yet, and tries again in a minute where flash did not take them. */
  flush(): void {
    this.#clock.clear(this.#timer)
    this.#timer = undefined
    if (!this.#dirty) return
    this.prepare()
    this.#dirty = this.#slots.put(this.#slot!) !== undefined
    this.#slot = undefined
    if (this.#dirty) this.#timer = this.#clock.set(() => this.flush(), DELAY)
  }

  /** Does the longer half of `flush`, so that a caller can spread both over two turns of the event loop. */
  prepare(): void {
    if (!this.#dirty || this.#slot !== undefined) return
    const length = this.#count * ENTRY
    const bytes = new Uint8Array(4 + length)
    new DataView(bytes.buffer).setUint32(0, this.#floor)
    bytes.set(this.#entries.subarray(0, length), 4)
    this.#slot = this.#slots.make(bytes)
  }

  /** Writes the tags that flash does not have yet, for the last time. */
  close(): void {
    this.flush()
    this.#clock.clear(this.#timer)
  }

  /** Makes room for all entries. */
  #reserve(): void {
    if (this.#count * ENTRY <= this.#entries.length) return
    const entries = new Uint8Array(Math.ceil(this.#count / STEP) * STEP * ENTRY)
    entries.set(this.#entries)
    this.#entries = entries
    this.#view = new DataView(entries.buffer)
  }

  #time(i: number): number {
    return unixTime(this.#view.getUint32(i * ENTRY + TAG))
  }

  #isTag(i: number, tag: Uint8Array): boolean {
    const at = i * ENTRY
    for (let k = 0; k < TAG; k++) if (this.#entries[at + k] !== tag[k]) return false
    return true
  }

  /** Puts the last entry into the place of a removed one. */
  #remove(i: number): void {
    const last = --this.#count * ENTRY
    this.#entries.copyWithin(i * ENTRY, last, last + ENTRY)
  }
}
