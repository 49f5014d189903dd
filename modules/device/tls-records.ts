import Timer from 'timer'
import type { TlsGuard } from '../tls/tls-guard.js'
import { type LowerEvents, type LowerSocket, openTcp } from './lower-socket.js'

/** Whom the records are for. */
export interface RecordSource {
  readonly guard: TlsGuard
  records: RecordSocket | undefined
}

interface RecordOptions {
  readonly source: RecordSource
  readonly events: LowerEvents
  onReadable(count: number): void
  onWritable(count: number): void
  onError(): void
}

/**
 * TCP as the SDK's TLS uses it. It gives TLS one whole record a turn, which the guard has passed, and none while one is not
 * read to its end: TLS would read the next in a timer of its own, where nobody catches what it throws (tlssocket.js:109). What
 * it throws otherwise ends the connection.
 */
export class RecordSocket {
  /** TLS keeps here what it may read and write (tlssocket.js:59). */
  readable = 0
  writable = 0
  #tcp: LowerSocket | undefined
  #options: RecordOptions
  #record: Uint8Array = new Uint8Array(0)
  /** Bytes of `#record` that TLS has read. */
  #at = 0
  /** Bytes that lwIP has. */
  #unread = 0
  #isHeld = false
  #isReached = false
  #timer: Timer | undefined
  #next = () => {
    this.#timer = undefined
    try {
      this.#pump()
    } catch (error) {
      this.#fail(`TLS: ${(error as Error).message || 'failed'}`)
    }
  }

  constructor(options: RecordOptions) {
    const { source, events } = options
    this.#options = options
    source.records = this
    this.#tcp = openTcp({
      ...events,
      onReached: () => {
        this.#isReached = true
        events.onReached()
      },
      onReadable: (count) => {
        this.#unread = count
        this.#wake()
      },
      onWritable: (count) => this.#onWritable(count),
      onError: () => this.#onError(),
    })
  }

  /** Fills a view with the next bytes of the record. */
  read(into: Uint8Array): void {
    into.set(this.#record.subarray(this.#at, this.#at + into.length))
    this.#at += into.length
  }

  /** The room that is left. */
  write(bytes: Uint8Array): number {
    return this.#tcp?.write(bytes) ?? 0
  }

  close(): void {
    Timer.clear(this.#timer)
    this.#timer = undefined
    this.#tcp?.close()
    this.#tcp = undefined
  }

  /** No record is given before `release`. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.#wake()
  }

  #wake(): void {
    if (this.#tcp !== undefined && this.#unread > 0 && !this.#isHeld) this.#timer ??= Timer.set(this.#next)
  }

  #pump(): void {
    const { source, onReadable } = this.#options
    const { guard } = source
    while (this.#unread > 0 && !this.#isHeld) {
      const length = Math.min(this.#unread, guard.wanted)
      const bytes = this.#tcp?.read(length)
      if (bytes === undefined) return
      this.#unread -= length
      const record = guard.take(new Uint8Array(bytes))
      if (guard.fault !== undefined) return this.#fail(guard.fault)
      if (record === undefined) continue
      this.#record = record
      this.#at = 0
      onReadable(record.length)
      return this.#wake()
    }
  }

  #onWritable(count: number): void {
    try {
      this.#options.onWritable(count)
    } catch (error) {
      this.#fail(`TLS: ${(error as Error).message || 'failed'}`)
    }
  }

  #onError(): void {
    if (!this.#options.source.guard.isOpen && this.#isReached)
      this.#options.events.onFault('the broker closed the connection during the handshake')
    this.#options.onError()
  }

  #fail(reason: string): void {
    if (this.#tcp === undefined) return
    this.#options.events.onFault(reason)
    this.#options.onError()
  }
}
