import type { Timer } from '../../../modules/ports/clock.js'
import type { VirtualClock } from '../../../twin/clock.js'

/** What crosses between the two ends. Offsets count bytes from the connection's beginning. */
interface Segment {
  readonly syn?: boolean
  readonly reset?: boolean
  readonly fin?: boolean
  readonly bytes?: Uint8Array
  readonly offset: number
  readonly acknowledged: number
  readonly window: number
}

/** What one end of a connection tells its owner. */
export interface EndEvents {
  onConnected?(): void
  /** False when it cannot be taken now: TCP brings it again. */
  onData(bytes: Uint8Array): boolean
  /** The other end has these many bytes more. */
  onSent?(count: number): void
  /** The other end sends no more. */
  onFin(): void
  /** The connection is gone without having been closed. */
  onAbort(): void
}

/** Whether a packet gets through now, and what counts as one. */
export interface Path {
  /** Milliseconds, one way. */
  readonly latency: number
  passes(hasPayload: boolean): boolean
}

/* MOD/build/devices/esp32/xsProj-esp32/sdkconfig.defaults */
export const SEND_BUFFER = 8192
export const WINDOW = 8192
const SEGMENT = 1436
const SYN_RETRIES = 6
/* esp-lwip: include/lwip/priv/tcp_priv.h, opt.h (TCP_MAXRTX) */
const DATA_RETRIES = 12
const FIRST_TIMEOUT = 1_500
const MOST_TIMEOUT = 60_000

/** Both ends of one TCP connection: bytes in order, acknowledged, sent again where the path lost them, until one gives up. */
export class End {
  events: EndEvents
  other!: End
  /** Gone: nothing is told any more. */
  isDead = false
  /** Bytes the other end may send now. */
  #window = WINDOW
  #clock: VirtualClock
  #path: Path
  #isConnected = false
  #isOpener: boolean
  /** From the first unacknowledged byte on. */
  #outgoing = new Uint8Array(0)
  #first = 0
  #next = 0
  #finQueued = false
  #finSent = false
  #finAcknowledged = false
  #otherWindow = WINDOW
  #received = 0
  #finReceived = false
  #refused: Uint8Array | undefined
  #timer: Timer | undefined
  #retries = 0

  private constructor(clock: VirtualClock, path: Path, events: EndEvents, isOpener: boolean) {
    this.#clock = clock
    this.#path = path
    this.events = events
    this.#isOpener = isOpener
  }

  /**
   * Opens a connection.
   * @param accept called when the request arrives; the events of the other end, or undefined to refuse
   */
  static open(clock: VirtualClock, path: Path, events: EndEvents, accept: (end: End) => EndEvents | undefined): End {
    const opener = new End(clock, path, events, true)
    const silent: EndEvents = { onData: () => true, onFin() {}, onAbort() {} }
    const answerer = new End(clock, path, silent, false)
    opener.other = answerer
    answerer.other = opener
    answerer.#accept = accept
    opener.#sendSyn()
    return opener
  }

  #accept: ((end: End) => EndEvents | undefined) | undefined

  /** Bytes that can be written. */
  get room(): number {
    return SEND_BUFFER - this.#outgoing.length
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  write(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#outgoing.length + bytes.length)
    joined.set(this.#outgoing)
    joined.set(bytes, this.#outgoing.length)
    this.#outgoing = joined
  }

  /** Sends what may be sent. */
  output(): void {
    if (!this.#isConnected || this.isDead) return
    const { length } = this.#outgoing
    while (this.#next - this.#first < length) {
      const at = this.#next - this.#first
      const count = Math.min(SEGMENT, length - at, this.#otherWindow - at)
      if (count <= 0) break
      this.#next += count
      this.#send({ bytes: this.#outgoing.slice(at, at + count), offset: this.#first + at })
      this.#startTimer()
    }
    if (this.#finQueued && !this.#finSent && this.#next - this.#first === length) {
      this.#finSent = true
      this.#send({ fin: true, offset: this.#next })
      this.#startTimer()
    }
  }

  /** The owner has consumed these bytes. */
  consume(count: number): void {
    if (this.isDead) return
    this.#window += count
    this.#send({ offset: this.#next })
  }

  /** Sends what was written, then that no more comes. What arrives from now on is not taken. */
  close(): void {
    if (!this.#isConnected) return this.#die()
    this.events = { onData: (bytes) => this.#discard(bytes), onFin: () => this.#endWhenClosed(), onAbort() {} }
    this.#finQueued = true
    this.output()
  }

  /** Resets the connection. */
  abort(): void {
    if (this.isDead) return
    this.#send({ reset: true, offset: this.#next })
    this.#die()
  }

  /** The owner's machine has lost its power: nobody is told. */
  vanish(): void {
    this.#die()
  }

  /** What was refused is brought again (esp-lwip: tcp.c, tcp_fasttmr). */
  redeliver(): void {
    const refused = this.#refused
    this.#refused = undefined
    if (refused !== undefined && !this.isDead) this.#deliver(refused)
    if (this.#refused === undefined && this.#finReceived) this.#tellFin()
  }

  #discard(bytes: Uint8Array): boolean {
    this.consume(bytes.length)
    return true
  }

  #endWhenClosed(): void {
    if (this.#finAcknowledged) this.#die()
  }

  #die(): void {
    this.isDead = true
    this.#clock.clear(this.#timer)
  }

  #sendSyn(): void {
    this.#send({ syn: true, offset: 0 })
    this.#startTimer()
  }

  #send(segment: Omit<Segment, 'acknowledged' | 'window'>): void {
    const { other } = this
    const whole: Segment = { ...segment, acknowledged: this.#received, window: this.#window }
    if (!this.#path.passes(segment.bytes !== undefined)) return
    this.#clock.set(() => other.#receive(whole), this.#path.latency)
  }

  #startTimer(): void {
    if (this.#timer !== undefined) return
    const ms = Math.min(FIRST_TIMEOUT * 2 ** this.#retries, MOST_TIMEOUT)
    this.#timer = this.#clock.set(() => {
      this.#timer = undefined
      if (!this.isDead) this.#repeat()
    }, ms)
  }

  #repeat(): void {
    if (++this.#retries > (this.#isConnected ? DATA_RETRIES : SYN_RETRIES)) {
      this.#die()
      return this.events.onAbort()
    }
    if (!this.#isConnected) return this.#sendSyn()
    this.#next = this.#first
    this.#finSent = false
    this.output()
    this.#startTimer()
  }

  #receive(segment: Segment): void {
    if (this.isDead) {
      if (segment.reset !== true) this.#send({ reset: true, offset: this.#next })
      return
    }
    if (segment.reset === true) {
      this.#die()
      return this.events.onAbort()
    }
    if (segment.syn === true) return this.#receiveSyn()
    if (!this.#isConnected) return
    this.#receiveAcknowledgement(segment)
    if (this.isDead) return
    if (segment.bytes !== undefined) this.#receiveBytes(segment.bytes, segment.offset)
    if (segment.fin === true && segment.offset === this.#received && !this.#finReceived) this.#receiveFin()
  }

  #receiveSyn(): void {
    if (this.#isOpener) {
      if (this.#isConnected) return
      this.#settle()
      this.#isConnected = true
      this.events.onConnected?.()
      return this.output()
    }
    if (!this.#isConnected) {
      const events = this.#accept?.(this)
      if (events === undefined) return void (this.isDead || this.abort())
      this.events = events
      this.#isConnected = true
    }
    this.#send({ syn: true, offset: 0 })
    this.events.onConnected?.()
  }

  #receiveAcknowledgement({ acknowledged, window }: Segment): void {
    this.#otherWindow = window
    // The end of the stream counts as one.
    const total = this.#first + this.#outgoing.length
    if (this.#finSent && acknowledged > total) {
      this.#finAcknowledged = true
      acknowledged = total
      if (this.#finReceived) this.#die()
    }
    const count = acknowledged - this.#first
    if (count > 0) {
      this.#outgoing = this.#outgoing.slice(count)
      this.#first = acknowledged
      this.#next = Math.max(this.#next, acknowledged)
      this.#settle()
      if (this.#outgoing.length > 0 || (this.#finQueued && !this.#finAcknowledged)) this.#startTimer()
      this.events.onSent?.(count)
    } else if (this.#finAcknowledged) this.#settle()
    if (!this.isDead) this.output()
  }

  #settle(): void {
    this.#retries = 0
    this.#clock.clear(this.#timer)
    this.#timer = undefined
  }

  #receiveBytes(bytes: Uint8Array, offset: number): void {
    const known = this.#received - offset
    if (known < 0 || known >= bytes.length || this.#refused !== undefined) return this.#acknowledge()
    const fresh = bytes.subarray(known).slice()
    this.#received += fresh.length
    this.#window -= fresh.length
    this.#deliver(fresh)
    this.#acknowledge()
  }

  #deliver(bytes: Uint8Array): void {
    if (!this.events.onData(bytes)) this.#refused = bytes
  }

  #receiveFin(): void {
    this.#finReceived = true
    this.#received++
    this.#acknowledge()
    if (this.#refused === undefined) this.#tellFin()
  }

  #tellFin(): void {
    if (this.#finAcknowledged) this.#die()
    this.events.onFin()
  }

  #acknowledge(): void {
    if (!this.isDead) this.#send({ offset: this.#next })
  }
}
