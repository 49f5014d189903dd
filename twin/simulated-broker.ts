import type { Clock, Timer } from '../modules/ports/clock.js'
import type { MqttConnect, MqttConnection, MqttConnectOptions } from '../modules/ports/mqtt.js'

/** A message that the broker has taken over and passed on. */
export interface BrokerMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** On the clock of the simulation. */
  readonly at: number
}

interface Session {
  /** QoS 2 messages that wait for PUBREL. */
  readonly unreleased: Map<number, { readonly topic: string; readonly payload: Uint8Array }>
  readonly subscriptions: Set<string>
  connection: Connection | undefined
}

/** Return codes of SUBACK from here on refuse. */
const REFUSED = 0x80

/** A broker under the virtual clock with a network before it: it keeps sessions, takes QoS 2 and can fail in every way. */
export class SimulatedBroker {
  /** What it passed on, in order. */
  readonly messages: BrokerMessage[] = []
  /** Will topics it has published. */
  readonly wills: string[] = []
  /** Connections that were opened. */
  connections = 0
  /** Packets that crossed the network, either way. */
  packets = 0
  /** Whether its name is resolved. */
  resolving = true
  /** Whether it takes connections. Without this it refuses them at once. */
  reachable = true
  /** Whether it acts on what arrives. Without this it takes connections and stays silent on them. */
  answering = true
  /** What it answers to SUBSCRIBE: a QoS, or 0x80 where it refuses; nothing when undefined. */
  subscribeCode: number | undefined = 0
  /** Filters that it refuses, whatever it answers to others. */
  readonly refused = new Set<string>()
  /** When each SUBSCRIBE has arrived, on the clock of the simulation. */
  readonly subscribes: number[] = []
  /** Whether the network passes packets on. Without this it swallows everything and tells nobody. */
  passing = true
  /** When it last forgot its sessions. */
  forgotAt = Number.NEGATIVE_INFINITY
  /** The network breaks instead of passing the packet with this number, as `packets` counts. */
  breakAt = Number.POSITIVE_INFINITY
  /** Somebody on the way decides what becomes of each message to a device: `pass` lets one through. */
  intercept:
    | ((topic: string, payload: Uint8Array, pass: (topic: string, payload: Uint8Array) => void) => void)
    | undefined
  #clock: Clock
  #roundTrip: number
  #sessions = new Map<string, Session>()

  /** @param roundTrip milliseconds */
  constructor(clock: Clock, roundTrip: number) {
    this.#clock = clock
    this.#roundTrip = roundTrip
  }

  readonly connect: MqttConnect = (options) => {
    this.connections++
    return new Connection(this, options)
  }

  /** Filters that it has granted, of all sessions. */
  get filters(): string[] {
    return [...this.#sessions.values()].flatMap(({ subscriptions }) => [...subscriptions])
  }

  /** Forgets every session, as a broker without persistence does when it restarts. */
  forget(): void {
    this.forgotAt = this.#clock.now()
    this.cut('broker stopped')
    this.#sessions.clear()
  }

  /** Breaks every connection. */
  cut(reason = 'connection reset'): void {
    for (const session of this.#sessions.values()) session.connection?.break(reason)
  }

  /** Passes a message of another client to the devices that have subscribed to its topic. */
  publish(topic: string, payload: Uint8Array): void {
    if (this.intercept === undefined) this.#pass(topic, payload)
    else this.intercept(topic, payload, (...message) => this.#pass(...message))
  }

  /** Sends a packet that has no reason to every device that is connected. */
  inject(send: (device: MqttConnectOptions) => void): void {
    for (const { connection } of this.#sessions.values()) connection?.toDevice(() => send(connection.options))
  }

  #pass(topic: string, payload: Uint8Array): void {
    for (const session of this.#sessions.values()) {
      const wanted = [...session.subscriptions].some((filter) => topic.startsWith(filter.replace('#', '')))
      const { connection } = session
      if (wanted && connection !== undefined) connection.toDevice(() => connection.options.onPublish(topic, payload))
    }
  }

  /** @internal asks for the address of the broker as lwIP does: again after 1, 2 and 4 s, and gives up after 7 s */
  resolve(onResolved: () => void, onFailed: () => void, attempt = 0): void {
    if (this.resolving) return onResolved()
    const pause = 1_000 * 2 ** attempt
    this.#clock.set(() => (attempt === 2 ? onFailed() : this.resolve(onResolved, onFailed, attempt + 1)), pause)
  }

  /** @internal */
  get now(): number {
    return this.#clock.now()
  }

  /** @internal half a round trip */
  travel(arrive: () => void): Timer {
    return this.#clock.set(arrive, this.#roundTrip / 2)
  }

  /** @internal */
  session(id: string): { readonly session: Session; readonly present: boolean } {
    const present = this.#sessions.get(id)
    const session = present ?? { unreleased: new Map(), subscriptions: new Set(), connection: undefined }
    this.#sessions.set(id, session)
    return { session, present: present !== undefined }
  }

  /** @internal */
  deliver(message: { readonly topic: string; readonly payload: Uint8Array }): void {
    this.messages.push({ ...message, at: this.#clock.now() })
  }
}

class Connection implements MqttConnection {
  readonly options: MqttConnectOptions
  #broker: SimulatedBroker
  #session: Session | undefined
  #open = true

  constructor(broker: SimulatedBroker, options: MqttConnectOptions) {
    this.#broker = broker
    this.options = options
    broker.resolve(
      () => this.#connect(),
      () => this.break('name not resolved'),
    )
  }

  publish(id: number, topic: string, payload: Uint8Array): boolean {
    return this.#toBroker(() => {
      if (!this.#session!.unreleased.has(id)) this.#session!.unreleased.set(id, { topic, payload })
      this.toDevice(() => {
        this.options.onControl('pubrec', id)
        this.release(id)
      })
    })
  }

  release(id: number): boolean {
    return this.#toBroker(() => {
      const message = this.#session!.unreleased.get(id)
      this.#session!.unreleased.delete(id)
      if (message !== undefined) this.#broker.deliver(message)
      this.toDevice(() => this.options.onControl('pubcomp', id))
    })
  }

  subscribe(id: number, topic: string): boolean {
    return this.#toBroker(() => {
      this.#broker.subscribes.push(this.#broker.now)
      const subscribeCode = this.#broker.refused.has(topic) ? REFUSED : this.#broker.subscribeCode
      if (subscribeCode === undefined) return
      if (subscribeCode < REFUSED) this.#session!.subscriptions.add(topic)
      this.toDevice(() => this.options.onSubscribed(id, subscribeCode))
    })
  }

  unsubscribe(id: number, topic: string): boolean {
    return this.#toBroker(() => {
      if (this.#broker.subscribeCode === undefined) return
      this.#session!.subscriptions.delete(topic)
      this.toDevice(() => this.options.onControl('unsuback', id))
    })
  }

  ping(): boolean {
    return this.#toBroker(() => this.toDevice(() => this.options.onControl('pingresp', 0)))
  }

  close(): void {
    this.#end()
  }

  /** TCP takes one round trip before CONNECT can go out. */
  #connect(): void {
    const broker = this.#broker
    broker.travel(() => {
      if (!broker.reachable) return this.break('connection refused')
      broker.travel(() => {
        if (!this.#open) return
        if (broker.passing) this.options.onReached()
        this.#toBroker(() => {
          const { session, present } = broker.session(this.options.id)
          session.connection?.break('session taken over')
          session.connection = this
          this.#session = session
          this.toDevice(() => this.options.onConnected(present))
        })
      })
    })
  }

  toDevice(arrive: () => void): void {
    this.#cross(arrive)
  }

  /** The network ends the connection and tells the device. */
  break(reason: string): void {
    if (!this.#open) return
    this.#end()
    this.options.onClosed(reason)
  }

  #toBroker(arrive: () => void): boolean {
    if (!this.#open) return false
    this.#cross(() => {
      if (this.#broker.answering) arrive()
    })
    return true
  }

  #cross(arrive: () => void): void {
    const broker = this.#broker
    if (broker.packets++ === broker.breakAt) return void broker.travel(() => this.break('connection reset'))
    if (!broker.passing) return
    broker.travel(() => {
      if (this.#open) arrive()
    })
  }

  #end(): void {
    if (this.#open && this.#session?.connection === this) {
      this.#session.connection = undefined
      this.#broker.wills.push(this.options.willTopic)
    }
    this.#open = false
  }
}
