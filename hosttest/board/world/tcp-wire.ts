import type { Timer } from '../../../modules/ports/clock.js'
import type { VirtualClock } from '../../../twin/clock.js'

/** What crosses between the two ends. Offsets count bytes from the connection's beginning. */
interface Segment {
  readonly syn?: boolean
  readonly reset?: boolean
  readonly fin?: boolean
  readonly bytes?: Uint8Array
  /** Asks for nothing but the window. */
  readonly probe?: boolean
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

/** Who answers a request for a connection: what is to be told of it, or nobody (`refuse`), or no room (`ignore`). */
export type Arrival = EndEvents | 'refuse' | 'ignore'

/** The way between two ends. */
export interface Path {
  /** Milliseconds, one way. */
  readonly latency: number
  /** Whether a packet gets through now. */
  passes(hasPayload: boolean): boolean
}

/* MOD/build/devices/esp32/xsProj-esp32/sdkconfig.defaults: LWIP_TCP_SND_BUF_DEFAULT, _WND_DEFAULT, _MSS, _SYNMAXRTX */
export const SEND_BUFFER = 8192
export const WINDOW = 8192
const SEGMENT = 1436
/** Segments that lwIP queues for one connection, sent or not (esp-lwip opt.h:1352, TCP_SND_QUEUELEN). */
const QUEUE = Math.floor((4 * SEND_BUFFER + SEGMENT - 1) / SEGMENT)
const SYN_RETRIES = 6
/* IDF components/lwip/Kconfig: LWIP_TCP_RTO_TIME, LWIP_TCP_MAXRTX */
const TIMEOUT = 1_500
const RETRIES = 12
/** The timer that repeats and gives up (esp-lwip tcp.c:1229). */
const SLOW_TICK = 500
/** esp-lwip tcp.c:163, tcp_backoff: a request for a connection is repeated at an even pace, data ever slower. */
const MOST_BACKOFF = 7

/** esp-lwip tcp_priv.h:132: for the other end to close, too. */
const FIN_WAIT_TIME = 20_000

/** Tells nobody anything. */
const DEAF: EndEvents = { onData: () => true, onFin() {}, onAbort() {} }

/** One end of a TCP connection: bytes in order, acknowledged, sent again where the path lost them, until it gives up. */
export class End {
  events: EndEvents
  /** Called when it is gone, for whatever reason but power; before its owner hears of it. */
  onDead: () => void = () => {}
  /** Gone: nothing is told any more. */
  isDead = false
  /** Its owner has closed it, or lwIP by itself. */
  isClosed = false
  /** lwIP has: the owner is told when it is gone. */
  #isOwn = false
  #other!: End
  #arrive: ((end: End) => Arrival) | undefined
  /** Bytes the other end may send now. */
  #window = WINDOW
  #clock: VirtualClock
  #path: Path
  #state: 'requesting' | 'listening' | 'answering' | 'open'
  /** From the first unacknowledged byte on. */
  #outgoing = new Uint8Array(0)
  #first = 0
  #next = 0
  /** Up to where it was ever sent. */
  #farthest = 0
  /** Where the segments end in which the outgoing bytes lie; a segment stays until its last byte is acknowledged. */
  #segments: number[] = []
  #finSent = false
  #finAcknowledged = false
  #otherWindow = WINDOW
  #received = 0
  #finReceived = false
  #finTold = false
  #refused: Uint8Array | undefined
  #timer: Timer | undefined
  #retries = 0

  private constructor(clock: VirtualClock, path: Path, events: EndEvents, state: 'requesting' | 'listening') {
    this.#clock = clock
    this.#path = path
    this.events = events
    this.#state = state
  }

  /** Opens a connection; `arrive` is asked when the request has come to the other side, with the end there. */
  static open(clock: VirtualClock, path: Path, events: EndEvents, arrive: (end: End) => Arrival): End {
    const opener = new End(clock, path, events, 'requesting')
    const answerer = new End(clock, path, DEAF, 'listening')
    opener.#other = answerer
    answerer.#other = opener
    answerer.#arrive = arrive
    opener.#send({ syn: true, offset: 0 })
    opener.#startTimer()
    return opener
  }

  /** Bytes that can be written. */
  get room(): number {
    return SEND_BUFFER - this.#outgoing.length
  }

  /** Whether lwIP has room in its queue of segments for so many bytes (esp-lwip tcp_out.c:333, 566). */
  hasQueueFor(count: number): boolean {
    const fresh = Math.ceil((count - this.#joinable) / SEGMENT)
    return this.#segments.length < QUEUE && this.#segments.length + fresh <= QUEUE
  }

  write(bytes: Uint8Array): void {
    const joined = Math.min(bytes.length, this.#joinable)
    let end = this.#first + this.#outgoing.length + joined
    if (joined > 0) this.#segments[this.#segments.length - 1] = end
    for (let left = bytes.length - joined; left > 0; left -= SEGMENT) {
      end += Math.min(left, SEGMENT)
      this.#segments.push(end)
    }
    this.#append(bytes)
  }

  /** Bytes that still fit into the last segment, as long as nothing of it was sent. */
  get #joinable(): number {
    const end = this.#segments.at(-1)
    const start = this.#segments.at(-2) ?? this.#first
    return end === undefined || start < this.#farthest ? 0 : SEGMENT - (end - start)
  }

  #append(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#outgoing.length + bytes.length)
    joined.set(this.#outgoing)
    joined.set(bytes, this.#outgoing.length)
    this.#outgoing = joined
  }

  /** Sends what may be sent. */
  output(): void {
    if (this.#state !== 'open' || this.isDead) return
    const { length } = this.#outgoing
    for (let at = this.#next - this.#first; at < length; at = this.#next - this.#first) {
      const segment = this.#segments.find((end) => end > this.#next)! - this.#next
      const count = Math.min(segment, this.#otherWindow - at)
      // A window that is closed is asked for (esp-lwip tcp.c:1236, the persist timer).
      if (count <= 0) return this.#startTimer()
      this.#next += count
      this.#farthest = Math.max(this.#farthest, this.#next)
      this.#send({ bytes: this.#outgoing.slice(at, at + count), offset: this.#first + at })
      this.#startTimer()
    }
    if (!this.isClosed || this.#finSent) return
    this.#finSent = true
    this.#send({ fin: true, offset: this.#next })
    this.#startTimer()
  }

  /** The owner has consumed these bytes. */
  consume(count: number): void {
    if (this.isDead) return
    this.#window += count
    this.#send({ offset: this.#next })
  }

  /**
   * Sends what was written, then that no more comes. Where the owner has left something unread it is a reset
   * (esp-lwip tcp.c:353).
   */
  close(): void {
    this.events = DEAF
    if (this.isDead || this.isClosed) return
    this.isClosed = true
    if (this.#state !== 'open') return this.#die()
    if (this.#window !== WINDOW || this.#refused !== undefined) return this.abort()
    this.events = {
      onData: (bytes) => {
        this.consume(bytes.length)
        return true
      },
      onFin: () => this.#finAcknowledged && this.#die(),
      onAbort() {},
    }
    this.output()
  }

  /**
   * lwIP closes it by itself, because the owner did not want to hear of the other's end (esp-lwip tcp_in.c:545, tcp.c:1504).
   * It sends its own end, and frees the connection when that is acknowledged.
   */
  closeByItself(): void {
    if (this.isDead || this.isClosed) return
    this.isClosed = true
    this.#isOwn = true
    this.output()
  }

  /** Resets the connection. */
  abort(): void {
    this.events = DEAF
    if (this.isDead) return
    this.#send({ reset: true, offset: this.#next })
    this.#die()
  }

  /** It is forgotten: nobody is told. */
  vanish(): void {
    this.isDead = true
    this.#clock.clear(this.#timer)
  }

  /** What was refused is brought again (esp-lwip tcp.c:1514, tcp_fasttmr). */
  redeliver(): void {
    const refused = this.#refused
    this.#refused = undefined
    if (refused !== undefined && !this.isDead) this.#deliver(refused)
    if (this.#refused === undefined && this.#finReceived && !this.#finTold) this.#tellFin()
  }

  #die(): void {
    if (this.isDead) return
    this.vanish()
    this.onDead()
  }

  #send(segment: Omit<Segment, 'acknowledged' | 'window'>): void {
    const other = this.#other
    const whole: Segment = { ...segment, acknowledged: this.#received, window: this.#window }
    if (!this.#path.passes(segment.bytes !== undefined)) return
    this.#clock.set(() => other.#receive(whole), this.#path.latency)
  }

  #startTimer(): void {
    if (this.#timer !== undefined || this.isDead) return
    const isOpen = this.#state === 'open'
    const isLast = this.#retries === (isOpen ? RETRIES : SYN_RETRIES)
    const wait = isLast ? SLOW_TICK : TIMEOUT << (isOpen ? Math.min(this.#retries, MOST_BACKOFF) : 0)
    this.#timer = this.#clock.set(() => {
      this.#timer = undefined
      if (!this.isDead) this.#repeat()
    }, wait)
  }

  #stopTimer(): void {
    this.#retries = 0
    this.#clock.clear(this.#timer)
    this.#timer = undefined
  }

  #repeat(): void {
    if (++this.#retries > (this.#state === 'open' ? RETRIES : SYN_RETRIES)) {
      const { events, isClosed } = this
      this.#die()
      // One that nobody has accepted yet is given up in silence (esp-lwip tcp_priv.h:186).
      if (this.#state !== 'answering' && (!isClosed || this.#isOwn)) events.onAbort()
      return
    }
    if (this.#state !== 'open') this.#send({ syn: true, offset: 0 })
    else if (this.#next === this.#first && !this.#finSent) this.#send({ probe: true, offset: this.#next })
    else {
      this.#next = this.#first
      this.#finSent = false
      this.output()
    }
    this.#startTimer()
  }

  #receive(segment: Segment): void {
    if (this.isDead || (this.#state === 'listening' && segment.syn !== true)) {
      if (segment.reset !== true) this.#send({ reset: true, offset: this.#next })
      return
    }
    if (segment.reset === true) {
      const { events } = this
      this.#die()
      if (this.#state !== 'answering') events.onAbort()
      return
    }
    if (segment.syn === true) return this.#receiveSyn()
    if (this.#state === 'requesting') return
    if (this.#state === 'answering') this.#open()
    this.#receiveAcknowledgement(segment)
    if (this.isDead) return
    if (segment.probe === true) this.#send({ offset: this.#next })
    if (segment.bytes !== undefined) this.#receiveBytes(segment.bytes, segment.offset)
    if (segment.fin === true && segment.offset === this.#received) this.#receiveFin()
    else if (segment.fin === true) this.#send({ offset: this.#next })
  }

  #receiveSyn(): void {
    if (this.#state === 'requesting') this.#open()
    if (this.#state === 'open') return this.#send({ offset: this.#next })
    if (this.#state === 'listening') {
      const arrival = this.#arrive!(this)
      if (arrival === 'ignore') return
      if (arrival === 'refuse') return this.abort()
      this.events = arrival
      this.#state = 'answering'
      this.#startTimer()
    }
    this.#send({ syn: true, offset: 0 })
  }

  #open(): void {
    this.#stopTimer()
    this.#state = 'open'
    this.events.onConnected?.()
    this.output()
  }

  #receiveAcknowledgement({ acknowledged, window }: Segment): void {
    this.#otherWindow = window
    const end = this.#first + this.#outgoing.length
    // The end of the stream counts as one.
    if (this.#finSent && !this.#finAcknowledged && acknowledged > end) {
      this.#finAcknowledged = true
      if (this.#finReceived) return this.#end()
      this.#clock.set(() => this.#die(), FIN_WAIT_TIME)
    }
    const count = Math.min(acknowledged, end) - this.#first
    if (count > 0) {
      this.#outgoing = this.#outgoing.slice(count)
      this.#first += count
      this.#next = Math.max(this.#next, this.#first)
      while (this.#segments.length > 0 && this.#segments[0]! <= this.#first) this.#segments.shift()
    }
    if (count > 0 || this.#finAcknowledged) this.#stopTimer()
    if (this.#next > this.#first || (this.#finSent && !this.#finAcknowledged)) this.#startTimer()
    if (count > 0) this.events.onSent?.(count)
    this.output()
  }

  /** Both sides have ended. */
  #end(): void {
    const { events } = this
    this.#die()
    if (this.#isOwn) events.onAbort()
  }

  #receiveBytes(bytes: Uint8Array, offset: number): void {
    const known = this.#received - offset
    if (this.#refused !== undefined) this.redeliver()
    if (known >= 0 && known < bytes.length && this.#refused === undefined) {
      const fresh = bytes.slice(known)
      this.#received += fresh.length
      this.#window -= fresh.length
      this.#deliver(fresh)
    }
    if (!this.isDead) this.#send({ offset: this.#next })
  }

  #deliver(bytes: Uint8Array): void {
    if (!this.events.onData(bytes)) this.#refused = bytes
  }

  #receiveFin(): void {
    if (this.#finReceived) return
    this.#finReceived = true
    this.#received++
    this.#send({ offset: this.#next })
    if (this.#refused === undefined) this.#tellFin()
  }

  #tellFin(): void {
    this.#finTold = true
    this.events.onFin()
    if (this.#finAcknowledged) this.#die()
  }
}
