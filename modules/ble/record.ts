import { crc16En13757 } from '../codec/crc16-en13757.js'

/** Bytes of a telegram record beside the frame's L: 15 before it, the L field itself, checksum and trailer after it. */
export const RECORD_OVERHEAD = 22

/** Offset of the frame, whose first byte is its L field. */
export const FRAME = 15

/** The last four bytes of both kinds of record. */
const TRAILER = 0xfefe0e0f
const TRAILER_LENGTH = 4
const CRC_LENGTH = 2

/** Returns whether the four bytes of `view` before `end` are the trailer. */
export function endsWithTrailer(view: DataView, end: number): boolean {
  return view.getUint32(end - TRAILER_LENGTH) === TRAILER
}

/**
 * A telegram record in the parser's buffer (docs/protocol/vw1871.md, telegram record). It is read in place, so that the
 * telegrams of a whole neighbourhood cost no memory. The parser has one such object; it is valid until the callback
 * returns.
 */
export class TelegramRecord {
  #bytes: Uint8Array
  #view: DataView
  #start = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** @internal Moves to the record of `length` bytes at `start`. Returns whether its trailer and checksum are right. */
  moveTo(start: number, length: number): boolean {
    this.#start = start
    const end = start + length
    if (!endsWithTrailer(this.#view, end)) return false
    const crc = end - TRAILER_LENGTH - CRC_LENGTH
    return crc16En13757(this.#bytes, start, crc) === this.#view.getUint16(crc)
  }

  /** Serial number of the concentrator, 8 digits. */
  get serial(): string {
    return this.#view
      .getUint32(this.#start + 4, true)
      .toString(16)
      .padStart(8, '0')
  }

  /** Seconds of the concentrator's own clock, which was never set (`BacklogClock`). */
  get clock(): number {
    return this.#view.getUint32(this.#start + 8, true)
  }

  /** dBm */
  get rssi(): number {
    return this.#view.getInt8(this.#start + 13)
  }

  /** The sender's number, its eight BCD digits read as hexadecimal: meter 74493770 is 0x74493770. */
  get meterId(): number {
    return this.#view.getUint32(this.#start + FRAME + 4, true)
  }

  /** A copy of the wM-Bus frame, format B: L field first, link-layer checksum last. */
  frame(): Uint8Array {
    const from = this.#start + FRAME
    return this.#bytes.slice(from, from + 1 + this.#bytes[from]!)
  }
}
