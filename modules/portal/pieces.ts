import { encodeUtf8 } from '../codec/utf8.js'

/** Bytes of one piece: sockets hold few writes, however small, and memory few pages. */
const PIECE = 1024
/** Characters that are encoded at once, of at most 3 bytes each. */
const RUN = 128

/** Texts as UTF-8 in pieces of about 1 kB, of which one is in memory. */
export class Pieces {
  #texts: Iterator<string>
  #text = ''
  #at = 0
  #buffer = new Uint8Array(PIECE)

  constructor(texts: Iterator<string>) {
    this.#texts = texts
  }

  /** The next piece, valid until the one after it; undefined at the end. */
  next(): Uint8Array | undefined {
    let length = 0
    while (length <= PIECE - 3 * RUN && this.#hasText()) {
      const run = encodeUtf8(this.#text.slice(this.#at, this.#endOfRun()))
      this.#at = this.#endOfRun()
      this.#buffer.set(run, length)
      length += run.length
    }
    return length === 0 ? undefined : this.#buffer.subarray(0, length)
  }

  #hasText(): boolean {
    while (this.#at >= this.#text.length) {
      const { done, value } = this.#texts.next()
      if (done) return false
      this.#text = value
      this.#at = 0
    }
    return true
  }

  /** No character is cut in two. */
  #endOfRun(): number {
    const end = this.#at + RUN
    const last = this.#text.charCodeAt(end - 1)
    return last >= 0xd800 && last <= 0xdbff ? end - 1 : end
  }
}
