import { encodeUtf8 } from '../codec/utf8.js'

/** Bytes of one piece: sockets hold few writes, however small, and memory few pages. */
const PIECE = 512
/** Characters that are encoded at once, of at most 3 bytes each. */
const RUN = 64

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
    while (length <= PIECE - 3 * RUN) {
      const run = this.#nextRun()
      if (run === undefined) break
      const bytes = encodeUtf8(run)
      this.#buffer.set(bytes, length)
      length += bytes.length
    }
    return length === 0 ? undefined : this.#buffer.subarray(0, length)
  }

  #nextRun(): string | undefined {
    if (this.#at === 0) {
      const { done, value } = this.#texts.next()
      if (done) return undefined
      if (value.length <= RUN) return value
      this.#text = value
    }
    const start = this.#at
    const end = this.#endOfRun()
    this.#at = end < this.#text.length ? end : 0
    return this.#text.slice(start, end)
  }

  /** No character is cut in two. */
  #endOfRun(): number {
    const end = this.#at + RUN
    const last = this.#text.charCodeAt(end - 1)
    return last >= 0xd800 && last <= 0xdbff ? end - 1 : end
  }
}
