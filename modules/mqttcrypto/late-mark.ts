import type { Clock, Timer } from '../ports/clock.js'
import type { StoragePort } from '../ports/storage.js'
import { type SlotError, Slots } from '../storage/slots.js'

/** A server may repeat a command that changes nothing every 10 s without end: 17 bytes a minute wear the flash for decades. */
const EVERY = 60_000
const LENGTH = 4

/**
 * Stores the time of the newest command that has changed nothing, so that an older one does not act after a power cut: at
 * once, and once a minute at most. What waits for its minute is in RAM alone.
 */
export class LateMark {
  /** Time of the newest command that the last run has stored, 32 bits; 0 where there was none. */
  readonly stored: number
  #slots: Slots
  #clock: Clock
  #onFlashError: ((error: SlotError) => void) | undefined
  #waiting: number | undefined
  /** Runs for a minute after each write. */
  #timer: Timer | undefined

  constructor(storage: StoragePort, clock: Clock, onFlashError?: (error: SlotError) => void) {
    this.#slots = new Slots(storage, 'mark')
    this.#clock = clock
    this.#onFlashError = onFlashError
    const bytes = this.#slots.read()
    this.stored = bytes?.length === LENGTH ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : 0
  }

  /** @param time the lowest 32 bits */
  keep(time: number): void {
    this.#waiting = time
    if (this.#timer === undefined) this.#write()
  }

  /** Forgets the time that waits: it is stored elsewhere. */
  drop(): void {
    this.#waiting = undefined
  }

  close(): void {
    this.#clock.clear(this.#timer)
    this.#store()
  }

  #write(): void {
    this.#store()
    this.#timer = this.#clock.set(() => {
      this.#timer = undefined
      if (this.#waiting !== undefined) this.#write()
    }, EVERY)
  }

  /** Keeps the time for another attempt in a minute when flash does not take it. */
  #store(): void {
    if (this.#waiting === undefined) return
    const bytes = new Uint8Array(LENGTH)
    new DataView(bytes.buffer).setUint32(0, this.#waiting)
    const error = this.#slots.write(bytes)
    if (error === undefined) this.#waiting = undefined
    else this.#onFlashError?.(error)
  }
}
