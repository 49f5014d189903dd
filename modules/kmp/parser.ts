import type { Result } from '../codec/result.js'
import { START_FROM_METER, STOP } from './constants.js'
import { decodeFrame, type KmpFrame } from './frame.js'

/** The parser keeps frames of this length. 8 registers of 9 bytes, all stuffed, are 158 bytes; logger replies reach 254. */
const MAX_WIRE_LENGTH = 256

/**
 * Cuts what a meter sends into frames. A start byte always begins a frame, as it is stuffed inside of one. So the parser
 * passes over echoes of our own requests, over noise, and over the stray 00 that a meter may send.
 */
export class KmpParser {
  #wire = new Uint8Array(MAX_WIRE_LENGTH)
  #length = 0

  /** Gives each frame, or what is wrong with it, to `onFrame`. */
  push(bytes: Uint8Array, onFrame: (frame: Result<KmpFrame>) => void): void {
    for (const byte of bytes) {
      if (byte === START_FROM_METER) {
        this.#length = 0
      } else if (this.#length === 0) {
        continue
      } else if (this.#length === MAX_WIRE_LENGTH) {
        this.#length = 0
        continue
      }
      this.#wire[this.#length++] = byte
      if (byte === STOP) {
        const frame = decodeFrame(this.#wire, this.#length)
        this.#length = 0
        onFrame(frame)
      }
    }
  }

  /** Forgets a frame that has begun. */
  reset(): void {
    this.#length = 0
  }
}
