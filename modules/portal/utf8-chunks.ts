import { encodeUtf8 } from '../codec/utf8.js'

/** Bytes of a chunk. A socket queues few writes, so chunks are not small; memory is short, so they are not large. */
const CHUNK = 640
/** Characters that are encoded at once. Each takes at most 3 bytes. */
const RUN = 128

/** Encodes texts as UTF-8 in chunks of up to 640 bytes. Only one chunk is in memory. */
export class Utf8Chunks {
  #texts: Iterator<string>
  #text = ''
  #at = 0
  #buffer = new Uint8Array(CHUNK)

  constructor(texts: Iterator<string>) {
    this.#texts = texts
  }

  /** The next chunk, or undefined at the end. It is valid until the next call. */
  next(): Uint8Array | undefined {
    let length = 0
    while (length <= CHUNK - 3 * RUN) {
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

  /** Never cuts a surrogate pair in two. */
  #endOfRun(): number {
    const end = this.#at + RUN
    const last = this.#text.charCodeAt(end - 1)
    return last >= 0xd800 && last <= 0xdbff ? end - 1 : end
  }
}
