import TCP from 'embedded:io/socket/tcp'
import Timer from 'timer'
import { MOST_HELD_BACK, type PacketGuard } from '../uplink/packet-guard.js'

interface SocketOptions {
  readonly guard: PacketGuard
  readonly address: string
  readonly port: number
  onReached(): void
  onReadable(count: number): void
  onWritable(count: number): void
  onError(reason?: string): void
}

/** The SDK's TCP as its code is; its typings leave out what `read` and `write` return when the connection is gone (tcp.c:308, 388). */
interface Tcp {
  read(count: number): ArrayBuffer | undefined
  write(bytes: Uint8Array): number | undefined
  close(): void
}

/** Bytes that are read in one turn at most. The others wait in lwIP, whose window bounds them, and not in XS. */
const PIECE = 128

/** Constants, because `read` is called for each byte and a literal takes memory each time (docs/memory.md). */
const BUFFER = 'buffer'
const NUMBER = 'number'

/**
 * A TCP socket, as the SDK's MQTT client uses one, that gives it only what the guard lets pass, one message or one
 * piece a turn: a full window at once would need more memory than all else that the device does. It takes the SDK's
 * exceptions upon itself: the client also reads and writes out of timers and events of its own, where nobody would catch
 * them, and goes on reading after it has ended the connection (mqttclient.js:526, 705).
 */
export class GuardedSocket {
  #format = BUFFER
  #tcp: Tcp | undefined
  #options: SocketOptions
  /** Bytes that were read and that the guard has not seen yet. */
  #piece = new Uint8Array(0)
  #passed = new Uint8Array(PIECE + MOST_HELD_BACK)
  /** Bytes of `#passed` that the client has read, and those it may read. */
  #at = 0
  #end = 0
  /** Bytes that lwIP has. */
  #unread = 0
  #nextPiece: Timer | undefined
  /** Made once, not for each piece. */
  #passNext = () => {
    this.#nextPiece = undefined
    try {
      this.#pass()
    } catch (error) {
      this.#fail(error)
    }
  }
  #reached = false

  constructor(options: SocketOptions) {
    this.#options = options
    const tcp: unknown = new TCP({
      address: options.address,
      port: options.port,
      nodelay: true,
      onReadable: (count) => {
        this.#unread = count
        if (this.#nextPiece === undefined) this.#passNext()
      },
      onWritable: (count) => {
        if (!this.#reached) options.onReached()
        this.#reached = true
        try {
          options.onWritable(count)
        } catch (error) {
          this.#fail(error)
        }
      },
      onError: () => options.onError(),
    })
    this.#tcp = tcp as Tcp
  }

  set format(format: string) {
    this.#format = format
  }

  read(into?: number | ArrayBuffer): number | ArrayBuffer | undefined {
    if (this.#format === NUMBER) return this.#passed[this.#at++]
    const length = typeof into === 'number' ? into : this.#end - this.#at
    this.#at += length
    return this.#passed.slice(this.#at - length, this.#at).buffer
  }

  write(bytes: Uint8Array): number {
    try {
      return this.#tcp?.write(bytes) ?? 0
    } catch (error) {
      this.#fail(error)
      return 0
    }
  }

  close(): void {
    Timer.clear(this.#nextPiece)
    this.#nextPiece = undefined
    this.#tcp?.close()
    this.#tcp = undefined
  }

  /** A packet may be cut: the connection ends, when the client is not in the middle of something. */
  #fail(error: unknown): void {
    Timer.set(() => {
      if (this.#tcp !== undefined) this.#options.onError(String(error))
    })
  }

  #readPiece(): void {
    const length = Math.min(this.#unread, PIECE)
    const arrived = length > 0 ? this.#tcp?.read(length) : undefined
    if (arrived === undefined) return
    this.#unread -= length
    this.#piece = new Uint8Array(arrived)
  }

  #pass(): void {
    const { guard, onReadable, onError } = this.#options
    if (this.#piece.length === 0) this.#readPiece()
    this.#end = guard.filter(this.#piece, this.#passed)
    this.#at = 0
    if (this.#end < 0) return onError(guard.fault)
    this.#piece = this.#piece.subarray(guard.used)
    if (this.#piece.length > 0 || this.#unread > 0) this.#nextPiece = Timer.set(this.#passNext)
    if (this.#end > 0) onReadable(this.#end)
  }
}
