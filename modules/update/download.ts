import type { Clock, Timer } from '../ports/clock.js'
import type { TcpConnect } from '../ports/tcp.js'
import type { Address } from './address.js'
import { HEAD } from './manifest.js'
import { RangeClient, type RangeHost } from './range-client.js'
import type { Source, SourceHost } from './source.js'

const RANGE = 4096
/** Between two ranges: the broker, the meter and the valve come first. */
const PAUSE = 250
const BUSY = 1_000
/** Before another attempt; doubled at each. */
const FIRST_RETRY = 5_000
const LAST_RETRY = 600_000
/** Without a byte for so long it gives up. */
const PATIENCE = 7 * 86_400_000
/** So many refusals by the server in a row are an answer. */
const REFUSALS = 3

export interface DownloadHost extends SourceHost {
  /** Whether the line to the meter, the broker or a page of the portal needs the time now. */
  isBusy(): boolean
}

/** Fetches a signed file: its head, then the image in ranges of 4 kB. It goes on for days where the network is bad. */
export class Download implements RangeHost, Source {
  #clock: Clock
  #host: DownloadHost
  #client: RangeClient
  #head: Uint8Array | undefined = new Uint8Array(HEAD)
  /** Bytes of the head or of the image that are there. */
  #position = 0
  #length = HEAD
  #timer: Timer | undefined
  #retry = FIRST_RETRY
  #refusals = 0
  #heardAt: number

  constructor(clock: Clock, connect: TcpConnect, address: Address, host: DownloadHost) {
    this.#clock = clock
    this.#host = host
    this.#client = new RangeClient(clock, connect, address, this)
    this.#heardAt = clock.now()
    this.#wait(PAUSE)
  }

  close(): void {
    this.#clock.clear(this.#timer)
    this.#client.close()
  }

  onBytes(bytes: Uint8Array): boolean {
    if (this.#head !== undefined) this.#head.set(bytes, this.#position)
    else if (!this.#host.onImage(bytes)) return false
    this.#position += bytes.length
    return true
  }

  onRange(): void {
    this.#heardAt = this.#clock.now()
    this.#retry = FIRST_RETRY
    this.#refusals = 0
    this.#wait(PAUSE)
  }

  onFault(reason: string, status: number): void {
    const isRefusal = status >= 400 && status < 500
    this.#refusals = isRefusal ? this.#refusals + 1 : 0
    if (this.#refusals === REFUSALS || this.#clock.now() - this.#heardAt > PATIENCE) {
      this.close()
      return this.#host.onGivenUp(reason)
    }
    this.#wait(this.#retry)
    this.#retry = Math.min(2 * this.#retry, LAST_RETRY)
  }

  /** False where the download ends. */
  #onHead(head: Uint8Array): boolean {
    this.#head = undefined
    const image = this.#host.onHead(head)
    if (image === undefined) return false
    this.#length = image.length
    this.#position = image.from
    return true
  }

  #wait(ms: number): void {
    this.#timer = this.#clock.set(() => this.#next(), ms)
  }

  #next(): void {
    if (this.#host.isBusy()) return this.#wait(BUSY)
    // What came is gone from memory in this turn.
    if (this.#head === undefined) this.#host.onProgress(this.#position)
    if (this.#head !== undefined && this.#position === HEAD)
      return this.#onHead(this.#head) ? this.#wait(0) : this.close()
    if (this.#head === undefined && this.#position === this.#length) {
      this.close()
      return this.#host.onWhole()
    }
    const before = this.#head === undefined ? HEAD : 0
    const end = Math.min(this.#position - (this.#position % RANGE) + RANGE, this.#length)
    this.#client.get(before + this.#position, before + end - 1)
  }
}
