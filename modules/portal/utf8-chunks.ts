import { encodeUtf8 } from '../codec/utf8.js'

/**
 * Bytes of a chunk. A socket queues few writes, so chunks are not small; memory is short, so they are not large. So many
 * are one segment with every peer.
 */
const CHUNK = 384
/** Characters that are encoded at once. */
const RUN = 128

/** Encodes texts as UTF-8 in chunks of 384 bytes, of which only the last is shorter. Only one chunk is in memory. */
export class Utf8Chunks {
  #texts: Iterator<string>
  #text = ''
  #at = 0
  #buffer = new Uint8Array(CHUNK)
  /** What has no room in the chunk any more. */
  #rest: Uint8Array | undefined

  constructor(texts: Iterator<string>) {
    this.#texts = texts
  }

  /** The next chunk, or undefined at the end. It is valid until the next call. */
  next(): Uint8Array | undefined {
    let length = 0
    while (length < CHUNK) {
      const bytes = this.#rest ?? this.#nextRun()
      if (bytes === undefined) break
      const count = Math.min(bytes.length, CHUNK - length)
      this.#rest = count < bytes.length ? bytes.subarray(count) : undefined
      this.#buffer.set(count < bytes.length ? bytes.subarray(0, count) : bytes, length)
      length += count
    }
    return length === 0 ? undefined : this.#buffer.subarray(0, length)
  }

  #nextRun(): Uint8Array | undefined {
    if (this.#at === 0) {
      const { done, value } = this.#texts.next()
      if (done) return undefined
      if (value.length <= RUN) return encodeUtf8(value)
      this.#text = value
    }
    const start = this.#at
    const end = this.#endOfRun()
    this.#at = end < this.#text.length ? end : 0
    return encodeUtf8(this.#text.slice(start, end))
  }

  /** Never cuts a surrogate pair in two. On the ESP32 there are none: each character is one unit. */
  #endOfRun(): number {
    const end = this.#at + RUN
    const last = this.#text.charCodeAt(end - 1)
    return last >= 0xd800 && last <= 0xdbff ? end - 1 : end
  }
}
