import type { Delivery, MessageLink } from '../delivery/delivery.js'
import { clientId, offlineTopic } from '../delivery/topics.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { MqttConnect, MqttConnection, MqttControl } from '../ports/mqtt.js'
import { Heartbeat, type HeartbeatHost } from './heartbeat.js'
import { type Packet, type Phase, TYPE, verdictOf } from './mqtt-states.js'
import { ReturnPolicy } from './return-policy.js'
import { Subscriptions, type SubscriptionsHost } from './subscriptions.js'

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
  /** The numbers whose commands are wanted, the device's own first. Called for every SUBSCRIBE. */
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
/** Covers the look-up of the name, TCP and CONNACK. A name that takes longer is known at the next attempt. */
const CONNECT_DEADLINE = 6_000

/**
 * A persistent MQTT 3.1.1 session: opens one connection after the other, and notices when one is dead. `Delivery` has the
 * messages, `Subscriptions` what the device wants to hear.
 */
export class MqttSession implements MessageLink, SubscriptionsHost, HeartbeatHost {
  /** What the broker has granted. */
  readonly subscriptions: Subscriptions
  #options: SessionOptions
  #host: SessionHost
  #policy: ReturnPolicy
  #heartbeat: Heartbeat
  #serial = ''
  #connection: MqttConnection | undefined
  #phase: Phase = 'closed'
  #connectDeadline: Timer | undefined
  #retryTimer: Timer | undefined

  constructor(options: SessionOptions, host: SessionHost) {
    this.#options = options
    this.#host = host
    this.#policy = new ReturnPolicy(options.clock, options.random)
    this.#heartbeat = new Heartbeat(options.clock, this)
    this.subscriptions = new Subscriptions(options, this)
  }

  get connected(): boolean {
    return this.#phase === 'connected'
  }

  /** Connects under this serial number, and again after every loss, until `stop`. */
  start(serial: string): void {
    this.stop()
    if (this.#serial !== '' && serial !== this.#serial) this.#options.delivery.forget()
    this.#serial = serial
    this.#policy.reset()
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

  /** Subscribes to the commands of each number, before anything else is sent; again when the numbers are others. */
  subscribe(): void {
    if (this.connected) this.subscriptions.update()
  }

  numbers(): readonly string[] {
    return this.#host.numbers()
  }

  nextId(): number {
    return this.#options.delivery.nextId()
  }

  onDue(): void {
    this.#pump()
  }

  /** Sends what the socket has room for. */
  #pump(): void {
    if (this.connected && this.subscriptions.pump(this.#connection)) this.#options.delivery.pump()
  }

  #open(): void {
    const { clock, log } = this.#options
    const to = this.#host.broker()
    log(`mqtt: connecting to ${to.host}:${to.port} as ${this.#serial}`)
    this.#phase = 'connecting'
    this.#policy.onOpened()
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
   * Whether this packet may come now; one that breaks the protocol ends the connection. The handler of an answer looks
   * whether it is owed, and else changes nothing.
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
    this.#policy.onConnected()
    this.subscriptions.onConnected(sessionPresent)
    delivery.onConnected(this, sessionPresent)
    this.#heartbeat.start()
    this.#host.onConnected()
    this.#pump()
  }

  #onControl(control: MqttControl, id: number): void {
    if (!this.#takes(control)) return
    const { delivery } = this.#options
    if (control === 'pingresp') this.#heartbeat.onPong()
    if (control === 'pubrec') delivery.onReceived(id)
    if (control === 'unsuback') this.subscriptions.onUnsubscribed(id)
    if (control !== 'pubcomp' || !delivery.onCompleted(id)) return
    this.#policy.onUse()
    this.#host.onAnswered?.()
  }

  #onSubscribed(id: number, code: number): void {
    if (!this.#takes('suback') || !this.subscriptions.onSubscribed(id, code)) return
    this.#policy.onUse()
    this.#host.onAnswered?.()
  }

  ping(): boolean {
    return this.#connection?.ping() ?? false
  }

  onPing(ms: number | undefined): void {
    this.#host.onPing?.(ms)
    if (ms === undefined) this.abandon('no answer to PINGREQ')
  }

  /** @param isFault whether the broker has broken the protocol */
  #onClosed(reason: string, isFault: boolean): void {
    if (this.#phase === 'closed') return
    const { clock, log } = this.#options
    const wait = this.#policy.next(isFault)
    this.#forgetConnection()
    this.#host.onLost?.()
    log(`mqtt: ${reason}; next attempt in ${wait} ms`)
    this.#retryTimer = clock.set(() => this.#open(), wait)
  }

  #forgetConnection(): void {
    const { clock, delivery } = this.#options
    this.#connection = undefined
    this.#phase = 'closed'
    this.#heartbeat.stop()
    this.subscriptions.onClosed()
    delivery.onClosed()
    clock.clear(this.#connectDeadline)
    this.#connectDeadline = undefined
  }
}
