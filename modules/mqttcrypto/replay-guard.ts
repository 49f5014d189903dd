import type { Clock } from '../ports/clock.js'
import type { StoragePort } from '../ports/storage.js'
import { type SlotError, Slots } from '../storage/slots.js'
import type { Purpose, WriteBudget } from '../storage/write-budget.js'
import { EARLIEST, unixTime } from '../time/unix-time.js'
import { LateMark } from './late-mark.js'
import { TagMemory } from './tag-memory.js'

/** The most by which a command's time may differ from the device's, either way, in seconds. */
export const TIME_WINDOW = 1800

/** Commands of one burst may come in any order, in seconds. */
const BURST = 60

/** Record `tags`: newest time of a command that acts, newest of one that moves the valve, the memory's floor, the memory. */
const HEADER = 12

/** The effect of a command: none, one, or one on the valve. */
export type Effect = 'asks' | 'acts' | 'moves'

export interface ReplayGuardOptions {
  readonly clock: Clock
  /** Bounds what commands may write. */
  readonly budget?: WriteBudget
  /** Called when flash refuses a write or reads back something else. */
  onFlashError?(error: SlotError): void
}

/**
 * Lets no command act twice, whatever the clock says. The device's clock may be wrong, or be made wrong; the times of
 * commands are sealed. So the newest time at which a command acted is a mark that only rises: what is more than a minute
 * older than the mark never acts, and what is younger acts only if its tag is not in the memory. A command to the valve
 * must also not be older than the last one that moved the valve.
 *
 * `flush` stores mark and memory. It must come before whatever the command changes is stored or done. A command that has
 * changed nothing stores its time alone, with `settle`.
 */
export class ReplayGuard {
  #slots: Slots
  #options: ReplayGuardOptions
  #acted = new TagMemory()
  /** Not stored: a question that is answered once more after a restart changes nothing. */
  #asked = new TagMemory()
  /** 0 as long as there was none. */
  #mark = 0
  #valveMark = 0
  #isStored = true
  #late: LateMark
  /** Nothing of this time or older acts: its tag may have gone with the power. */
  #floor: number

  constructor(storage: StoragePort, options: ReplayGuardOptions) {
    this.#options = options
    this.#slots = new Slots(storage, 'tags')
    this.#late = new LateMark(storage, options.clock, options.onFlashError)
    this.#floor = timeOf(this.#late.stored)
    this.#readTags()
  }

  #readTags(): void {
    const stored = this.#slots.read()
    if (stored === undefined || stored.length < HEADER) return
    const view = new DataView(stored.buffer, stored.byteOffset, HEADER)
    this.#mark = timeOf(view.getUint32(0))
    this.#valveMark = timeOf(view.getUint32(4))
    this.#acted.restore(stored.subarray(HEADER), timeOf(view.getUint32(8)))
  }

  /**
   * Whether a command may be done now. It counts as done then.
   * @param tag the HMAC of the message
   * @param time of the command, unix seconds
   * @param now unix seconds; undefined when the clock is not set, and nothing may be done
   */
  accept(tag: Uint8Array, time: number, now: number | undefined, effect: Effect): boolean {
    if (now === undefined || Math.abs(time - now) > TIME_WINDOW) return false
    // It is for the board before this one, under the same key. Its time would read back as one of 2162.
    if (time < EARLIEST) return false
    if (effect === 'asks') return this.#asked.add(tag, time, now - TIME_WINDOW)
    if (time <= this.#floor || time < this.#mark - BURST) return false
    if (effect === 'moves' && time < this.#valveMark) return false
    if (!this.#acted.add(tag, time, Math.max(this.#mark, time) - BURST)) return false
    this.#mark = Math.max(this.#mark, time)
    if (effect === 'moves') this.#valveMark = time
    this.#isStored = false
    return true
  }

  /**
   * Stores what has come since the last time; false when flash does not take it, or has taken too much of late.
   * @param purpose of the change that waits for it
   */
  flush(purpose: Purpose = 'other'): boolean {
    if (this.#isStored) return true
    const { budget, onFlashError } = this.#options
    if (budget?.isSpentFor(purpose)) return false
    budget?.spend()
    const entries = this.#acted.entries()
    const bytes = new Uint8Array(HEADER + entries.length)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, lowOf(this.#mark))
    view.setUint32(4, lowOf(this.#valveMark))
    view.setUint32(8, lowOf(this.#acted.floor))
    bytes.set(entries, HEADER)
    const error = this.#slots.write(bytes)
    if (error !== undefined) onFlashError?.(error)
    this.#isStored = error === undefined
    if (this.#isStored) this.#late.drop()
    return this.#isStored
  }

  /** Called when a command is done: if it has changed nothing, its time is stored all the same, within a minute. */
  settle(): void {
    if (!this.#isStored) this.#late.keep(lowOf(this.#mark))
  }

  close(): void {
    this.flush()
    this.#late.close()
  }
}

/** 32 bits of a time. 0 stands for none, so the one second that ends in 32 zeros is stored as the next. */
function lowOf(time: number): number {
  return time === 0 ? 0 : time >>> 0 || 1
}

function timeOf(low: number): number {
  return low === 0 ? 0 : unixTime(low)
}
