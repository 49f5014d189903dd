/** Bytes of a segment for a peer that names no other size (RFC 9293, 3.7.1). */
const SEGMENT = 536

/**
 * Room of a TCP socket, as lwIP really has it. Beside the bytes that the SDK tells of, lwIP queues 23 segments of a
 * connection at most, and each write may become one, however short. The write that finds the queue full ends the connection
 * (tcp.c:402). Each segment also holds about 1.5 kB of memory until it is acknowledged. With so many segments under way
 * there is therefore no room until all is acknowledged.
 */
export class SendRoom {
  #mostSegments: number
  /** The socket's room when nothing is under way. */
  #whole = 0
  /** Segments since nothing was under way, at most. */
  #segments = 0

  constructor(mostSegments: number) {
    this.#mostSegments = mostSegments
  }

  /** The bytes there is room for, when the SDK tells of so many. */
  told(bytes: number): number {
    if (bytes >= this.#whole) {
      this.#whole = bytes
      this.#segments = 0
    }
    return this.#segments < this.#mostSegments ? bytes : 0
  }

  /** The bytes there is room for after a write of `count` bytes, when the SDK tells of `left`. */
  wrote(count: number, left: number): number {
    if (left + count >= this.#whole) this.#segments = 0
    this.#segments += 1 + Math.floor(count / SEGMENT)
    return this.#segments < this.#mostSegments ? left : 0
  }
}
