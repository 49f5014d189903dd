import type { Delivery, MessageLink } from '../delivery/delivery.js'
import { clientId, commandFilter, offlineTopic } from '../delivery/topics.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { MqttConnect, MqttConnection, MqttControl } from '../ports/mqtt.js'
import { Backoff } from '../time/backoff.js'
import { type Packet, type Phase, TYPE, verdictOf } from './mqtt-states.js'

export interface Broker {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export interface SessionOptions {
  readonly clock: Clock
  readonly connect: MqttConnect
  /** The messages that go out over the connection. */
  readonly delivery: Delivery
  /** Numbers from 0 to below 1, for the back-off. */
  readonly random: () => number
  log(text: string): void
}

/** What the session asks and tells. An object, because closures would take more RAM. */
export interface SessionHost {
  /** Called before every connection. */
  broker(): Broker
  /** The numbers whose commands are wanted, the device's own first. Called before every SUBSCRIBE. */
  numbers(): readonly string[]
  onConnected(): void
  /** Called each time the broker has done something for the device: taken a message, or the subscription. */
  onAnswered?(): void
  /** Called when a connection is opened; false when even that cannot be done. */
  onOpening?(possible: boolean): void
  /** Called when the connection is gone or did not come to be. Another attempt follows. */
  onLost?(): void
  /** Called when the broker's host has answered, before the broker does. */
  onReached?(): void
  /** Called with every packet of the broker. */
  onHeard?(): void
  /** Called when a ping was answered after this many ms; with undefined when it was not. */
  onPing?(ms: number | undefined): void
  onMessage(topic: string, payload: Uint8Array): void
}

const KEEP_ALIVE_SECONDS = 60
const PING_EVERY = 30_000
/** Covers the look-up of the name, TCP and CONNACK. A name that takes longer is known at the next attempt. */
const CONNECT_DEADLINE = 6_000
const ACKNOWLEDGE_DEADLINE = 7_000
const FIRST_RETRY = 1_000
/** From the beginning of one attempt to the next, while nobody lets us in. */
const SLOWEST_RETRY = 8_000
/** A connection that lasts as long is no sign of trouble when it ends. */
const STEADY = 60_000
/** After connections that do not last: somebody else has our client id, or the broker breaks the protocol. */
const SLOWEST_RETURN = 60_000

/** Return codes of SUBACK from here on refuse. */
const REFUSED = 0x80
const FIRST_SUBSCRIBE_RETRY = 5_000
/** A broker that refuses does so for long, and messages get through meanwhile. */
const SLOWEST_SUBSCRIBE_RETRY = 300_000

/**
 * A persistent MQTT 3.1.1 session: opens one connection after the other, notices when one is dead, and subscribes to
 * the commands. `Delivery` has the messages.
 */
export class MqttSession implements MessageLink {
  #options: SessionOptions
  #host: SessionHost
  /** Between attempts that do not come to be, until a connection has been of use. */
  #backoff: Backoff
  /** Between connections that come to be and do not last. */
  #returnBackoff: Backoff
  /** Undefined unless the broker has refused the subscription or not answered. */
  #subscribeBackoff: Backoff | undefined
  #serial = ''
  #connection: MqttConnection | undefined
  #phase: Phase = 'closed'
  #connectedAt = 0
  /** SUBSCRIBE is to go out. */
  #subscribe = false
  /** How many of the host's numbers have their subscription. */
  #subscribed = 0
  /** Packet id of the SUBSCRIBE that waits for SUBACK. */
  #subscribeId: number | undefined
  #openedAt = 0
  #pingedAt = 0
  #connectDeadline: Timer | undefined
  #pingTimer: Timer | undefined
  #pongDeadline: Timer | undefined
  #retryTimer: Timer | undefined
  /** Runs until SUBACK has to be there, or until the next SUBSCRIBE. */
  #subscribeTimer: Timer | undefined

  constructor(options: SessionOptions, host: SessionHost) {
    this.#options = options
    this.#host = host
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_RETRY, options.random)
    this.#returnBackoff = new Backoff(FIRST_RETRY, SLOWEST_RETURN, options.random)
  }

  get connected(): boolean {
    return this.#phase === 'connected'
  }

  /** Connects under this serial number, and again after every loss, until `stop`. */
  start(serial: string): void {
    this.stop()
    if (this.#serial !== '' && serial !== this.#serial) this.#options.delivery.forget()
    this.#serial = serial
    this.#backoff.reset()
    this.#returnBackoff.reset()
    this.#open()
  }

  /** Closes without DISCONNECT, so that the broker publishes the will. Messages stay with `Delivery`. */
  stop(): void {
    this.#options.clock.clear(this.#retryTimer)
    this.#retryTimer = undefined
    this.#connection?.close()
    this.#forgetConnection()
  }

  /** See `MqttConnection`; false without a connection, as `release`. */
  publish(id: number, topic: string, payload: Uint8Array, duplicate: boolean): boolean {
    return this.#connection?.publish(id, topic, payload, duplicate) ?? false
  }

  /** See `MqttConnection`. */
  release(id: number): boolean {
    return this.#connection?.release(id) ?? false
  }

  /** Drops the connection and opens another one after a while. */
  abandon(reason: string): void {
    this.#connection?.close()
    this.#onClosed(reason, false)
  }

  /** Subscribes to the commands of each number, one after the other, before anything else that is to be sent. */
  subscribe(): void {
    this.#subscribed = 0
    this.#subscribeNext()
  }

  #subscribeNext(): void {
    if (!this.connected) return
    this.#subscribe = this.#subscribed < this.#host.numbers().length
    this.#pump()
  }

  /** Sends what the socket has room for. */
  #pump(): void {
    const { clock, delivery } = this.#options
    if (this.#subscribe) {
      const id = delivery.nextId()
      if (!this.#connection?.subscribe(id, commandFilter(this.#host.numbers()[this.#subscribed]!), 0)) return
      this.#subscribe = false
      this.#subscribeId = id
      clock.clear(this.#subscribeTimer)
      this.#subscribeTimer = clock.set(() => this.#subscribeLater('no answer to SUBSCRIBE'), ACKNOWLEDGE_DEADLINE)
    }
    delivery.pump()
  }

  /** Without a subscription no command arrives: the device asks again, and delivers its messages meanwhile. */
  #subscribeLater(reason: string): void {
    const { clock, log, random } = this.#options
    this.#subscribeBackoff ??= new Backoff(FIRST_SUBSCRIBE_RETRY, SLOWEST_SUBSCRIBE_RETRY, random)
    const wait = this.#subscribeBackoff.next()
    log(`mqtt: ${reason}; next SUBSCRIBE in ${wait} ms`)
    this.#subscribeId = undefined
    this.#subscribeTimer = clock.set(() => this.#subscribeNext(), wait)
  }

  #open(): void {
    const { clock, log } = this.#options
    const to = this.#host.broker()
    log(`mqtt: connecting to ${to.host}:${to.port} as ${this.#serial}`)
    this.#phase = 'connecting'
    this.#openedAt = clock.now()
    this.#connectDeadline = clock.set(() => this.abandon('no answer to CONNECT'), CONNECT_DEADLINE)
    try {
      this.#connection = this.#connect(to)
      this.#host.onOpening?.(true)
    } catch (error) {
      this.#host.onOpening?.(false)
      this.#onClosed(`cannot be opened: ${error}`, false)
    }
  }

  #connect(broker: Broker): MqttConnection {
    const { connect } = this.#options
    return connect({
      ...broker,
      id: clientId(this.#serial),
      keepAlive: KEEP_ALIVE_SECONDS,
      willTopic: offlineTopic(this.#serial),
      onReached: () => this.#host.onReached?.(),
      onConnected: (sessionPresent) => this.#onConnected(sessionPresent),
      onPublish: (topic, payload) => {
        if (this.#takes('publish')) this.#host.onMessage(topic, payload)
      },
      onControl: (control, id) => this.#onControl(control, id),
      onSubscribed: (id, code) => this.#onSubscribed(id, code),
      onWritable: () => this.#pump(),
      onClosed: (reason, isFault = false) => this.#onClosed(reason, isFault),
    })
  }

  /**
   * Whether this packet may come now; one that breaks the protocol ends the connection. Whether an answer is owed its
   * handler tells, which changes nothing where it is not.
   */
  #takes(packet: Packet): boolean {
    const verdict = verdictOf(this.#phase, TYPE[packet])
    if (verdict === 'end') {
      this.#connection?.close()
      this.#onClosed(`${packet} while ${this.#phase}`, true)
    }
    const takes = verdict === 'take' || verdict === 'owed'
    if (takes) this.#host.onHeard?.()
    return takes
  }

  #onConnected(sessionPresent: boolean): void {
    if (!this.#takes('connack')) return
    const { clock, log, delivery } = this.#options
    log(`mqtt: connected, session ${sessionPresent ? 'present' : 'new'}`)
    clock.clear(this.#connectDeadline)
    this.#connectDeadline = undefined
    this.#phase = 'connected'
    this.#connectedAt = clock.now()
    delivery.onConnected(this, sessionPresent)
    this.#schedulePing()
    this.#host.onConnected()
    this.#pump()
  }

  #onControl(control: MqttControl, id: number): void {
    if (!this.#takes(control)) return
    const { delivery } = this.#options
    if (control === 'pingresp') this.#onPong()
    if (control === 'pubrec') delivery.onReceived(id)
    if (control !== 'pubcomp' || !delivery.onCompleted(id)) return
    this.#backoff.reset()
    this.#host.onAnswered?.()
  }

  #onSubscribed(id: number, code: number): void {
    if (!this.#takes('suback') || id !== this.#subscribeId) return
    this.#options.clock.clear(this.#subscribeTimer)
    if (code >= REFUSED) return this.#subscribeLater(`subscription refused, code 0x${code.toString(16)}`)
    this.#subscribeId = undefined
    this.#subscribeTimer = undefined
    this.#subscribeBackoff = undefined
    this.#backoff.reset()
    this.#host.onAnswered?.()
    this.#subscribed++
    this.#subscribeNext()
  }

  #onPong(): void {
    const { clock } = this.#options
    if (this.#pongDeadline === undefined) return
    this.#host.onPing?.(clock.now() - this.#pingedAt)
    clock.clear(this.#pongDeadline)
    this.#pongDeadline = undefined
  }

  /** @param isFault whether the broker has broken the protocol */
  #onClosed(reason: string, isFault: boolean): void {
    if (this.#phase === 'closed') return
    const { clock, log } = this.#options
    const wait = this.#waitAfter(isFault)
    this.#forgetConnection()
    this.#host.onLost?.()
    log(`mqtt: ${reason}; next attempt in ${wait} ms`)
    this.#retryTimer = clock.set(() => this.#open(), wait)
  }

  /** Milliseconds until the next attempt. CONNACK alone makes no attempt come sooner, else a broker could keep us busy. */
  #waitAfter(isFault: boolean): number {
    const now = this.#options.clock.now()
    if (this.connected && now - this.#connectedAt >= STEADY) {
      this.#backoff.reset()
      this.#returnBackoff.reset()
    }
    if (this.connected || isFault) return this.#returnBackoff.next()
    // The time that a failed attempt has taken counts towards the back-off.
    return Math.max(0, this.#backoff.next() - (now - this.#openedAt))
  }

  #forgetConnection(): void {
    const { clock, delivery } = this.#options
    this.#connection = undefined
    this.#phase = 'closed'
    this.#subscribe = false
    this.#subscribeId = undefined
    delivery.onClosed()
    clock.clear(this.#connectDeadline)
    clock.clear(this.#pingTimer)
    clock.clear(this.#pongDeadline)
    clock.clear(this.#subscribeTimer)
    this.#connectDeadline = undefined
    this.#subscribeTimer = undefined
    this.#pingTimer = undefined
    this.#pongDeadline = undefined
  }

  #schedulePing(): void {
    const { clock } = this.#options
    this.#pingTimer = clock.set(() => {
      if (this.#connection?.ping()) {
        this.#pingedAt = clock.now()
        this.#pongDeadline = clock.set(() => {
          this.#host.onPing?.(undefined)
          this.abandon('no answer to PINGREQ')
        }, ACKNOWLEDGE_DEADLINE)
      }
      this.#schedulePing()
    }, PING_EVERY)
  }
}
