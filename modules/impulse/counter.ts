import type { Clock, Timer } from '../ports/clock.js'
import type { ImpulsePort } from '../ports/impulse.js'
import type { StoragePort } from '../ports/storage.js'
import { type SlotError, Slots } from '../storage/slots.js'

export interface CounterOptions {
  readonly port: ImpulsePort
  readonly clock: Clock
  readonly storage: StoragePort
  /** Takes impulses of any width (water). Otherwise it takes those of an electricity meter, 80 to 120 ms (S0). */
  readonly anyWidth: boolean
  onCounted(): void
  /** The flash refused a write after one that it took. The counter repeats refused writes. */
  onFlashError(error: SlotError): void
}

const SHORTEST = 80
const LONGEST = 120

/** A power cut costs at most the impulses of this time. That makes at most 525,600 writes a year. */
const SAVE_AFTER = 60_000
/** A power cut costs at most this operating time without impulses. That makes at most 8,760 writes a year. */
const SAVE_IDLE_AFTER = 3_600_000

const RECORD = 8

/** Counts impulses and operating time over power-off. */
export class ImpulseCounter {
  #options: CounterOptions
  #slots: Slots
  #seen: number
  #count = 0
  #lastAt: number | undefined
  #operatedBefore = 0
  #timer: Timer | undefined
  /** Impulses wait for the timer. */
  #isWaiting = false
  /** The flash refused the last write. */
  #isRefused = false

  constructor(options: CounterOptions) {
    this.#options = options
    this.#seen = options.port.count
    this.#slots = new Slots(options.storage, 'impulse')
    const stored = this.#slots.read()
    if (stored?.length === RECORD) {
      const view = new DataView(stored.buffer, stored.byteOffset, RECORD)
      this.#count = view.getUint32(0)
      this.#operatedBefore = view.getUint32(4)
    }
    options.port.onImpulse = () => this.#onImpulse()
    this.#saveIn(SAVE_IDLE_AFTER)
  }

  get count(): number {
    return this.#count
  }

  /** When the last impulse came, in ms on the monotonic clock; undefined before the first since power-on. */
  get lastAt(): number | undefined {
    return this.#lastAt
  }

  /** Seconds of operation, those before power-off included. */
  get operatingTime(): number {
    return this.#operatedBefore + Math.floor(this.#options.clock.now() / 1000)
  }

  /** Writes the count. When the flash refuses it, the counter writes again in a minute. */
  save(): void {
    const { onFlashError } = this.#options
    const bytes = new Uint8Array(RECORD)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, this.#count)
    view.setUint32(4, this.operatingTime)
    const error = this.#slots.write(bytes)
    this.#isWaiting = error !== undefined
    this.#saveIn(this.#isWaiting ? SAVE_AFTER : SAVE_IDLE_AFTER)
    if (error !== undefined && !this.#isRefused) onFlashError(error)
    this.#isRefused = error !== undefined
  }

  close(): void {
    this.#options.port.close()
    this.save()
    this.#options.clock.clear(this.#timer)
  }

  #saveIn(ms: number): void {
    const { clock } = this.#options
    clock.clear(this.#timer)
    this.#timer = clock.set(() => this.save(), ms)
  }

  /** Several impulses may have come while the firmware was busy. The width of the last one then stands for all of them. */
  #onImpulse(): void {
    const { port, clock, anyWidth, onCounted } = this.#options
    const impulses = port.count - this.#seen
    this.#seen = port.count
    if (impulses <= 0 || (!anyWidth && !(port.width > SHORTEST && port.width < LONGEST))) return
    this.#count = (this.#count + impulses) >>> 0
    this.#lastAt = clock.now()
    if (!this.#isWaiting) this.#saveIn(SAVE_AFTER)
    this.#isWaiting = true
    onCounted()
  }
}
