import { unixTime } from '../time/unix-time.js'

/** The first 8 bytes of a tag, and the lowest 32 bits of the time of its command. */
const TAG = 8
const ENTRY = TAG + 4
/** Twice as many as the largest burst that the server was seen to send. */
const CAPACITY = 64
/** The memory grows by this many tags at a time. */
const STEP = 16

/**
 * Tags of commands with their times. When it is full it forgets the oldest, and takes nothing as old as that from then
 * on: the server's next attempt has a new time.
 */
export class TagMemory {
  #entries = new Uint8Array(STEP * ENTRY)
  #view = new DataView(this.#entries.buffer)
  #count = 0
  #floor = 0

  /** Nothing of this time or older is taken; 0 as long as nothing had to be forgotten. */
  get floor(): number {
    return this.#floor
  }

  /** 12 bytes each: 8 of the tag, 4 of the time, big-endian. */
  entries(): Uint8Array {
    return this.#entries.subarray(0, this.#count * ENTRY)
  }

  /** Takes over what `entries` and `floor` gave before. */
  restore(entries: Uint8Array, floor: number): void {
    this.#floor = floor
    this.#count = Math.min(CAPACITY, Math.floor(entries.length / ENTRY))
    this.#reserve()
    this.#entries.set(entries.subarray(0, this.#count * ENTRY))
  }

  /**
   * Takes a tag that is not there yet; false when it is, or may have been.
   * @param from what is older than this is no longer needed, in unix seconds
   */
  add(tag: Uint8Array, time: number, from: number): boolean {
    // A tag that is refused must not drop others: what is older than it may still be needed.
    if (time <= this.#floor || this.#has(tag)) return false
    let oldest = 0
    let oldestTime = Number.POSITIVE_INFINITY
    for (let i = 0; i < this.#count; ) {
      const before = this.#time(i)
      if (before < from) {
        this.#remove(i)
        continue
      }
      if (before < oldestTime) {
        oldest = i
        oldestTime = before
      }
      i++
    }
    if (this.#count === CAPACITY) {
      this.#floor = Math.min(time, oldestTime)
      if (time <= this.#floor) return false
      this.#remove(oldest)
    }
    const at = this.#count++ * ENTRY
    this.#reserve()
    this.#entries.set(tag.subarray(0, TAG), at)
    this.#view.setUint32(at + TAG, time)
    return true
  }

  #has(tag: Uint8Array): boolean {
    for (let i = 0; i < this.#count; i++) if (this.#isTag(i, tag)) return true
    return false
  }

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

  /** The last entry takes the place. */
  #remove(i: number): void {
    const last = --this.#count * ENTRY
    this.#entries.copyWithin(i * ENTRY, last, last + ENTRY)
  }
}
