import type { Delivery, MessageLink } from '../delivery/delivery.js'
import { clientId, commandFilter, offlineTopic } from '../delivery/topics.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { MqttConnect, MqttConnection, MqttControl } from '../ports/mqtt.js'
import { Backoff } from '../time/backoff.js'
import { type Packet, type Phase, VERDICTS } from './mqtt-states.js'

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
/** From the beginning of one attempt to the next. */
const SLOWEST_RETRY = 8_000

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
  #backoff: Backoff
  /** Undefined unless the broker has refused the subscription or not answered. */
  #subscribeBackoff: Backoff | undefined
  #serial = ''
  #connection: MqttConnection | undefined
  #phase: Phase = 'closed'
  /** SUBSCRIBE is to go out. */
  #subscribe = false
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
    this.#onClosed(reason)
  }

  /** Subscribes to the commands, before anything else that is to be sent. */
  subscribe(): void {
    if (!this.connected) return
    this.#subscribe = true
    this.#pump()
  }

  /** Sends what the socket has room for. */
  #pump(): void {
    const { clock, delivery } = this.#options
    if (this.#subscribe) {
      const id = delivery.nextId()
      if (!this.#connection?.subscribe(id, commandFilter(this.#serial), 0)) return
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
    this.#subscribeTimer = clock.set(() => this.subscribe(), wait)
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
      this.#onClosed(`cannot be opened: ${error}`)
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
      onClosed: (reason) => this.#onClosed(reason),
    })
  }

  /** Whether the session does as this packet says. A packet that breaks the protocol ends the connection. */
  #takes(packet: Packet): boolean {
    const verdict = VERDICTS[this.#phase][packet]
    if (verdict === 'end') this.abandon(`${packet} while ${this.#phase}`)
    if (verdict === 'take') this.#host.onHeard?.()
    return verdict === 'take'
  }

  #onConnected(sessionPresent: boolean): void {
    if (!this.#takes('connack')) return
    const { clock, log, delivery } = this.#options
    log(`mqtt: connected, session ${sessionPresent ? 'present' : 'new'}`)
    clock.clear(this.#connectDeadline)
    this.#connectDeadline = undefined
    this.#backoff.reset()
    this.#phase = 'connected'
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
    if (control !== 'pubcomp') return
    delivery.onCompleted(id)
    this.#host.onAnswered?.()
  }

  #onSubscribed(id: number, code: number): void {
    if (!this.#takes('suback') || id !== this.#subscribeId) return
    this.#options.clock.clear(this.#subscribeTimer)
    if (code >= REFUSED) return this.#subscribeLater(`subscription refused, code 0x${code.toString(16)}`)
    this.#subscribeId = undefined
    this.#subscribeTimer = undefined
    this.#subscribeBackoff = undefined
    this.#host.onAnswered?.()
  }

  #onPong(): void {
    const { clock } = this.#options
    if (this.#pongDeadline !== undefined) this.#host.onPing?.(clock.now() - this.#pingedAt)
    clock.clear(this.#pongDeadline)
    this.#pongDeadline = undefined
  }

  #onClosed(reason: string): void {
    const { clock, log } = this.#options
    // The time that a failed attempt has taken counts towards the back-off.
    const taken = this.connected ? 0 : clock.now() - this.#openedAt
    this.#forgetConnection()
    this.#host.onLost?.()
    const wait = Math.max(0, this.#backoff.next() - taken)
    log(`mqtt: ${reason}; next attempt in ${wait} ms`)
    this.#retryTimer = clock.set(() => this.#open(), wait)
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
