import type { Clock, Timer } from '../ports/clock.js'
import { HEAD } from './manifest.js'
import type { Source, SourceHost } from './source.js'

/** Whoever sends has gone when nothing came for so long. */
const SILENCE = 60_000

/** A signed file that somebody sends in pieces, one after another. */
export class Upload implements Source {
  /** The byte of the file that has to come next. */
  next = 0
  #clock: Clock
  #host: SourceHost
  #head: Uint8Array | undefined = new Uint8Array(HEAD)
  #length = HEAD
  #timer: Timer | undefined

  constructor(clock: Clock, host: SourceHost) {
    this.#clock = clock
    this.#host = host
    this.#wait()
  }

  close(): void {
    this.#clock.clear(this.#timer)
  }

  /** Takes a piece that begins at `next`, and passes over every other one. What comes after the image is not taken. */
  take(at: number, piece: Uint8Array): void {
    if (at !== this.next || piece.length === 0) return
    this.close()
    this.#wait()
    let bytes = piece
    if (this.#head !== undefined) {
      const rest = this.#takeHead(this.#head, piece)
      if (rest === undefined) return
      bytes = rest
    }
    bytes = bytes.subarray(0, this.#length - this.next)
    if (bytes.length > 0 && !this.#host.onImage(bytes)) return this.close()
    this.next += bytes.length
    this.#host.onProgress(this.next - HEAD)
    if (this.next < this.#length) return
    this.close()
    this.#host.onWhole()
  }

  /** What of the piece belongs to the image, and comes next there; undefined when the head is not whole, or refused. */
  #takeHead(head: Uint8Array, piece: Uint8Array): Uint8Array | undefined {
    const part = piece.subarray(0, HEAD - this.next)
    head.set(part, this.next)
    this.next += part.length
    if (this.next < HEAD) return undefined
    this.#head = undefined
    const image = this.#host.onHead(head)
    if (image === undefined) {
      this.close()
      return undefined
    }
    this.#length = HEAD + image.length
    this.next = HEAD + image.from
    return image.from === 0 ? piece.subarray(part.length) : piece.subarray(0, 0)
  }

  #wait(): void {
    this.#timer = this.#clock.set(() => this.#host.onGivenUp('nothing came any more'), SILENCE)
  }
}
