import type { Outbox, OutboxEntry } from '../delivery/outbox.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { MqttConnect, MqttConnection, MqttControl } from '../ports/mqtt.js'
import { Backoff } from '../time/backoff.js'

export interface Broker {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export interface SessionOptions {
  readonly clock: Clock
  readonly connect: MqttConnect
  readonly outbox: Outbox
  /** Messages that are kept over power-off; they go out when nothing waits in the outbox. */
  readonly stored?: StoredQueue
  /** Asked before every connection. */
  broker(): Broker
  /** Numbers from 0 to below 1, for the back-off and the first packet id. */
  readonly random: () => number
  /** The message as it goes on the wire; undefined as long as the clock is not set. */
  seal(entry: OutboxEntry): SealedMessage | undefined
  onConnected(): void
  /** A connection is opened; false when even that cannot be done. */
  onOpening?(possible: boolean): void
  /** The connection is gone or did not come to be; another attempt follows. */
  onLost?(): void
  /** The broker's host has answered, the broker not yet. */
  onReached?(): void
  /** The broker has said something. */
  onHeard?(): void
  /** A ping was answered after this many ms, or not at all. */
  onPing?(ms: number | undefined): void
  onMessage(topic: string, payload: Uint8Array): void
  log(text: string): void
}

export interface SealedMessage {
  readonly topic: string
  readonly payload: Uint8Array
}

/** What waits in flash, and its state there (`delivery/journal/journal`): a message is delivered exactly once over power-off too. */
export interface StoredQueue {
  /** A connection has come up: what is stored from now on goes first. */
  onConnected(): void
  /** What was under way, else what is new, else, with `waiting`, the oldest. */
  next(waiting: boolean): StoredMessage | undefined
  /** Called before the first PUBLISH of the message, before its PUBREL and after its PUBCOMP. */
  sent(): void
  received(): void
  delivered(): void
  /** The broker knows nothing of the message under way. */
  forget(): void
}

export interface StoredMessage extends SealedMessage {
  readonly id: number
  readonly published: boolean
  readonly received: boolean
}

/** The message in the air. It is kept until PUBCOMP, over as many connections as that takes. */
interface InFlight extends SealedMessage {
  readonly id: number
  readonly stored: boolean
  /** It is this connection's turn to be waited for. */
  sent: boolean
  /** It was on the wire before: the next time it is a duplicate. */
  published: boolean
  /** PUBREC has come: the broker has it, only PUBREL may follow. */
  received: boolean
}

const KEEP_ALIVE_SECONDS = 60
const PING_EVERY = 30_000
/** Name, TCP and CONNACK; a name that took longer is known at the next attempt. */
const CONNECT_DEADLINE = 6_000
const ACKNOWLEDGE_DEADLINE = 7_000
const FIRST_RETRY = 1_000
/** From the beginning of one attempt to the next. */
const SLOWEST_RETRY = 8_000

/** Between two messages that have waited in flash, so that new ones and the broker are not held up. */
const WAITING_SPACING = 1_000

/** Of messages of the outbox and subscriptions; what is above belongs to stored messages. */
const LAST_ID = 0x7fff

/**
 * A persistent MQTT 3.1.1 session: connects again whenever the connection goes, subscribes, and delivers the outbox in
 * order with QoS 2, one message at a time, each exactly once as long as the broker keeps its session. A broker that
 * has forgotten the session gets the message in the air once more, under the same topic and time. Then comes what is
 * stored: new messages at once, those that have waited one a second.
 */
export class MqttSession {
  #options: SessionOptions
  #backoff: Backoff
  #serial = ''
  #connection: MqttConnection | undefined
  #connected = false
  #subscribe = false
  #inFlight: InFlight | undefined
  #lastId: number
  #openedAt = 0
  #pingedAt = 0
  #deadline: Timer | undefined
  #pingTimer: Timer | undefined
  #pongDeadline: Timer | undefined
  #retryTimer: Timer | undefined
  /** Runs between two messages that have waited. */
  #restTimer: Timer | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_RETRY, options.random)
    // The broker may remember an unfinished id of before the restart and would swallow a new message under it.
    this.#lastId = Math.floor(options.random() * LAST_ID)
  }

  get connected(): boolean {
    return this.#connected
  }

  /** Connects as this serial number, the client id and a part of every topic; stays at it until `stop`. */
  start(serial: string): void {
    this.stop()
    if (this.#serial !== '' && serial !== this.#serial) this.#forgetDelivery()
    this.#serial = serial
    this.#backoff.reset()
    this.#open()
  }

  /** Closes without a goodbye; what was not delivered stays. */
  stop(): void {
    this.#options.clock.clear(this.#retryTimer)
    this.#retryTimer = undefined
    this.#connection?.close()
    this.#forgetConnection()
  }

  /** Subscribes to the commands, now and after nothing else. */
  subscribe(): void {
    if (!this.#connected) return
    this.#subscribe = true
    this.pump()
  }

  /** Sends what can be sent; to be called when the outbox or the clock has changed. */
  pump(): void {
    const connection = this.#connection
    if (connection === undefined || !this.#connected) return
    if (this.#subscribe) {
      if (!connection.subscribe(this.#nextId(), `/config/v2/${this.#serial}/#`, 0)) return
      this.#subscribe = false
    }
    this.#inFlight ??= this.#takeNext()
    const message = this.#inFlight
    if (message === undefined || message.sent) return
    if (message.stored && !message.published) this.#options.stored?.sent()
    const written = message.received
      ? connection.release(message.id)
      : connection.publish(message.id, message.topic, message.payload, message.published)
    if (!written) return
    message.sent = true
    message.published = true
    this.#setDeadline(ACKNOWLEDGE_DEADLINE, 'no acknowledgment from the broker')
  }

  #open(): void {
    const { clock } = this.#options
    const broker = this.#options.broker()
    this.#options.log(`mqtt: connecting to ${broker.host}:${broker.port} as ${this.#serial}`)
    this.#openedAt = clock.now()
    this.#setDeadline(CONNECT_DEADLINE, 'no answer to CONNECT')
    try {
      this.#connection = this.#connect(broker)
      this.#options.onOpening?.(true)
    } catch (error) {
      this.#options.onOpening?.(false)
      this.#onClosed(`cannot be opened: ${error}`)
    }
  }

  #connect(broker: Broker): MqttConnection {
    const { connect } = this.#options
    return connect({
      ...broker,
      id: this.#serial,
      keepAlive: KEEP_ALIVE_SECONDS,
      willTopic: `/offline/v1/${this.#serial}`,
      onReached: () => this.#options.onReached?.(),
      onConnected: (sessionPresent) => this.#onConnected(sessionPresent),
      onPublish: (topic, payload) => {
        this.#options.onHeard?.()
        this.#options.onMessage(topic, payload)
      },
      onControl: (control, id) => this.#onControl(control, id),
      onWritable: () => this.pump(),
      onClosed: (reason) => this.#onClosed(reason),
    })
  }

  #onConnected(sessionPresent: boolean): void {
    this.#options.log(`mqtt: connected, session ${sessionPresent ? 'present' : 'new'}`)
    this.#clearDeadline()
    this.#backoff.reset()
    this.#connected = true
    if (!sessionPresent) this.#forgetDelivery()
    this.#options.stored?.onConnected()
    this.#rest()
    this.#schedulePing()
    this.#options.onHeard?.()
    this.#options.onConnected()
    this.pump()
  }

  #onControl(control: MqttControl, id: number): void {
    const { clock, onHeard, onPing } = this.#options
    onHeard?.()
    if (control === 'pingresp') {
      if (this.#pongDeadline !== undefined) onPing?.(clock.now() - this.#pingedAt)
      clock.clear(this.#pongDeadline)
      this.#pongDeadline = undefined
      return
    }
    const message = this.#inFlight
    if (message === undefined || message.id !== id) return
    if (control === 'pubrec') {
      if (message.stored) this.#options.stored?.received()
      message.received = true
      this.#setDeadline(ACKNOWLEDGE_DEADLINE, 'no acknowledgment from the broker')
    } else if (control === 'pubcomp') {
      this.#clearDeadline()
      this.#inFlight = undefined
      if (message.stored) {
        this.#options.stored?.delivered()
        this.#rest()
      }
      this.pump()
    }
  }

  #onClosed(reason: string): void {
    const { clock, log } = this.#options
    // An attempt that has taken its time is not waited for once more.
    const taken = this.#connected ? 0 : clock.now() - this.#openedAt
    this.#forgetConnection()
    this.#options.onLost?.()
    const wait = Math.max(0, this.#backoff.next() - taken)
    log(`mqtt: ${reason}; next attempt in ${wait} ms`)
    this.#retryTimer = clock.set(() => this.#open(), wait)
  }

  #forgetConnection(): void {
    if (this.#inFlight !== undefined) this.#inFlight.sent = false
    this.#connection = undefined
    this.#connected = false
    this.#subscribe = false
    this.#clearDeadline()
    this.#options.clock.clear(this.#restTimer)
    this.#options.clock.clear(this.#pingTimer)
    this.#options.clock.clear(this.#pongDeadline)
    this.#restTimer = undefined
    this.#pingTimer = undefined
    this.#pongDeadline = undefined
  }

  /** The broker knows nothing of the message in the air: it goes out as a new one. */
  #forgetDelivery(): void {
    if (this.#inFlight?.stored) this.#inFlight = undefined
    if (this.#inFlight !== undefined) Object.assign(this.#inFlight, { published: false, received: false })
    this.#options.stored?.forget()
  }

  #takeNext(): InFlight | undefined {
    const { outbox, seal, stored } = this.#options
    const entry = outbox.peek()
    const message = entry && seal(entry)
    if (message !== undefined) {
      outbox.drop()
      return { ...message, id: this.#nextId(), stored: false, sent: false, published: false, received: false }
    }
    const found = stored?.next(this.#restTimer === undefined)
    return found && { ...found, stored: true, sent: false }
  }

  #rest(): void {
    const { clock, stored } = this.#options
    if (stored === undefined) return
    clock.clear(this.#restTimer)
    this.#restTimer = clock.set(() => {
      this.#restTimer = undefined
      this.pump()
    }, WAITING_SPACING)
  }

  #nextId(): number {
    this.#lastId = (this.#lastId % LAST_ID) + 1
    return this.#lastId
  }

  #schedulePing(): void {
    const { clock, onPing } = this.#options
    this.#pingTimer = clock.set(() => {
      if (this.#connection?.ping()) {
        this.#pingedAt = clock.now()
        this.#pongDeadline = clock.set(() => {
          onPing?.(undefined)
          this.#abandon('no answer to PINGREQ')
        }, ACKNOWLEDGE_DEADLINE)
      }
      this.#schedulePing()
    }, PING_EVERY)
  }

  #setDeadline(ms: number, reason: string): void {
    this.#clearDeadline()
    this.#deadline = this.#options.clock.set(() => this.#abandon(reason), ms)
  }

  #clearDeadline(): void {
    this.#options.clock.clear(this.#deadline)
    this.#deadline = undefined
  }

  #abandon(reason: string): void {
    this.#connection?.close()
    this.#onClosed(reason)
  }
}
