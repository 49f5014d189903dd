import { SendRoom } from './send-room.js'

/** Segments under way at once: four guests together hold 48 kB of memory then. */
const MOST_SEGMENTS = 8

/** One of the SDK's TCP sockets as its code is: its typings leave out `close`, and what is undefined where. */
export interface SdkSocket {
  readonly remoteAddress: string
  /** Undefined where there is nothing (tcp.c:308). */
  read(): ArrayBuffer | undefined
  /** Bytes there is room for now; undefined when the connection is gone (tcp.c:388, 405). */
  write(bytes: Uint8Array): number | undefined
  close(): void
}

/** A TCP socket of the SDK's, as long as it is open. It takes no more bytes than it has room for, and closes once. */
export class HeldSocket {
  /** Bytes there is room for. */
  #room = 0
  #sendRoom = new SendRoom(MOST_SEGMENTS)
  #socket: SdkSocket | undefined

  get isOpen(): boolean {
    return this.#socket !== undefined
  }

  hold(socket: SdkSocket): void {
    this.#socket = socket
  }

  /** The socket tells of room for so many bytes. */
  onWritable(bytes: number): void {
    this.#room = this.#sendRoom.told(bytes)
  }

  /** What has come; undefined when there is nothing. */
  read(): Uint8Array | undefined {
    const bytes = this.#socket?.read()
    return bytes === undefined ? undefined : new Uint8Array(bytes)
  }

  /** Copies what there is room for and returns how many bytes that was. Never throws. */
  write(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.#room)
    if (this.#socket === undefined || count === 0) return 0
    try {
      const room = this.#socket.write(count === bytes.length ? bytes : bytes.subarray(0, count))
      this.#room = room === undefined ? 0 : this.#sendRoom.wrote(count, room)
      return room === undefined ? 0 : count
    } catch {
      // The socket has less room than it said; it says again when there is some.
      this.#room = 0
      return 0
    }
  }

  close(): void {
    this.#socket?.close()
    this.#socket = undefined
  }
}
