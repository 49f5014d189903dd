import { endsWithTrailer, FRAME, RECORD_OVERHEAD, TelegramRecord } from './record.js'

/** Callbacks for the items of a VW1871's stream. */
export interface Vw1871Items {
  /** Called for a telegram record with the right checksum. The record is valid until the callback returns. */
  onRecord(record: TelegramRecord): void
  onBattery(millivolt: number): void
  /** Called with the printable text between two records, `\r\nBattery Volt = 3800 mV\r\n` in all captures. */
  onText?(text: string): void
}

const SYNC = 0xfb
const TELEGRAM = 0xfbfbfbf0
const BATTERY = 0xfbfcfcf0
const SYNC_LENGTH = 4
const BATTERY_LENGTH = 10

/** L field of the shortest frame that has a sender, a CI field and a checksum. */
const MIN_L = 11

/** Bytes of the buffer. The longest record that the parser waits for has 277. */
const CAPACITY = 512

const MAX_TEXT = 64
const LF = 10
const CR = 13

/**
 * Cuts the byte stream of a VW1871 concentrator into its items (docs/protocol/vw1871.md, finding the records). The ends
 * of notifications do not matter. After a record that fails its check, the parser skips one byte and looks at
 * everything behind it again, because a damaged record may hide the start of the next. Each byte costs a bounded amount
 * of work.
 */
export class Vw1871Parser {
  #items: Vw1871Items
  #bytes = new Uint8Array(CAPACITY)
  #view = new DataView(this.#bytes.buffer)
  #record = new TelegramRecord(this.#bytes)
  #start = 0
  #end = 0
  #resyncs = 0
  #text = new Uint8Array(MAX_TEXT)
  #textLength = 0
  /** Whether the parser has skipped bytes that are no text since the last good item. */
  #noise = false

  constructor(items: Vw1871Items) {
    this.#items = items
  }

  /** The number of records that failed their check since the parser was made. */
  get resyncs(): number {
    return this.#resyncs
  }

  /** Whether an item has begun and the parser waits for its rest. */
  get waiting(): boolean {
    return this.#start < this.#end
  }

  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.#end + bytes.length - from > CAPACITY) this.#moveToFront()
      const count = Math.min(bytes.length - from, CAPACITY - this.#end)
      this.#bytes.set(count === bytes.length ? bytes : bytes.subarray(from, from + count), this.#end)
      this.#end += count
      from += count
      this.#scan()
    }
  }

  /** Call this after 2 s without a byte: the item that has begun was cut, and may hide a whole record. */
  idle(): void {
    if (!this.waiting) return
    this.#drop()
    this.#scan()
  }

  /** Forgets an item that has begun: the next connection starts with another. */
  clear(): void {
    this.#start = 0
    this.#end = 0
    this.#textLength = 0
    this.#noise = false
  }

  #scan(): void {
    while (this.waiting) {
      if (this.#bytes[this.#start] === SYNC) {
        this.#endText()
        const length = this.#itemLength()
        if (length > this.#end - this.#start) return
        if (length > 0 && this.#take(length)) continue
      }
      this.#drop()
    }
  }

  /** Returns how many bytes the item at the start has, or how many it takes to know; 0 when there is no item. */
  #itemLength(): number {
    const available = this.#end - this.#start
    if (available < SYNC_LENGTH) return SYNC_LENGTH
    const sync = this.#view.getUint32(this.#start)
    if (sync === BATTERY) return BATTERY_LENGTH
    if (sync !== TELEGRAM) return 0
    if (available <= FRAME) return FRAME + 1
    const length = this.#bytes[this.#start + FRAME]!
    return length < MIN_L ? 0 : length + RECORD_OVERHEAD
  }

  /** Consumes a good item, then reports it, so that the callback may call `clear`. Returns whether it was good. */
  #take(length: number): boolean {
    const start = this.#start
    if (length === BATTERY_LENGTH) {
      if (!endsWithTrailer(this.#view, start + length)) return false
      this.#consume(length)
      this.#items.onBattery(this.#view.getUint16(start + SYNC_LENGTH, true))
    } else if (this.#record.moveTo(start, length)) {
      this.#consume(length)
      this.#items.onRecord(this.#record)
    } else {
      this.#resyncs++
      return false
    }
    return true
  }

  #consume(length: number): void {
    this.#start += length
    this.#noise = false
  }

  #drop(): void {
    const byte = this.#bytes[this.#start++]!
    const printable = (byte >= 0x20 && byte < 0x7f) || byte === CR || byte === LF
    if (!printable || this.#textLength === MAX_TEXT) this.#noise = true
    if (!this.#noise) this.#text[this.#textLength++] = byte
  }

  #endText(): void {
    const length = this.#textLength
    this.#textLength = 0
    if (length > 0 && !this.#noise) this.#items.onText?.(String.fromCharCode(...this.#text.subarray(0, length)))
  }

  #moveToFront(): void {
    this.#bytes.copyWithin(0, this.#start, this.#end)
    this.#end -= this.#start
    this.#start = 0
  }
}
