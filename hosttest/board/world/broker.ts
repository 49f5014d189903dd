import { BrokerConnection, type Login, type Session, TYPE } from './broker-connection.js'
import { packet, text } from './mqtt-packets.js'
import { Host, type Network } from './network.js'

/** A message that the broker has taken over and passed on. */
export interface BrokerMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** On the clock of the simulation. */
  readonly at: number
}

/** A broker that speaks MQTT 3.1.1 over the simulated network; its faults have the names of the twin's. */
export class Broker extends Host {
  /** What it passed on, in order. */
  readonly messages: BrokerMessage[] = []
  /** Will topics it has published. */
  readonly wills: string[] = []
  readonly logins: Login[] = []
  /** Packets of the device, by their type. */
  readonly received: number[] = []
  /** Return code of CONNACK; nothing but 0 lets anybody in. */
  returnCode = 0
  /** Whether it does anything with what arrives; else it takes connections and stays silent on them for ever. */
  answering = true
  /** What it answers to SUBSCRIBE: a QoS, or 0x80 where it refuses; nothing when undefined. */
  subscribeCode: number | undefined = 0
  /** Connections that were opened. */
  connections = 0
  readonly #network: Network
  #sessions = new Map<string, Session>()
  #open = new Set<BrokerConnection>()

  constructor(network: Network, { address = '203.0.113.5', name = 'broker', port = 1883 } = {}) {
    super(address)
    this.#network = network
    network.add(this, name)
    this.tcp.set(port, (end) => {
      this.connections++
      const connection = new BrokerConnection(this, end)
      this.#open.add(connection)
      return connection.events
    })
  }

  /** Whether its name is resolved: nor is any other when it is not. */
  get resolving(): boolean {
    return this.#network.resolving
  }

  set resolving(resolving: boolean) {
    this.#network.resolving = resolving
  }

  get now(): number {
    return this.#network.clock.now()
  }

  /** Forgets every session, as a broker without persistence does that is started again. */
  forget(): void {
    this.cut()
    this.#sessions.clear()
  }

  /** Somebody publishes to the devices, with QoS 0. */
  publish(topic: string, payload: Uint8Array): void {
    for (const { subscriptions, connection } of this.#sessions.values()) {
      const wanted = [...subscriptions].some((filter) => topic.startsWith(filter.replace('#', '')))
      if (wanted) connection?.send(packet(TYPE.publish, 0, text(topic), payload))
    }
  }

  /** Any bytes at all, to every connection. */
  sendBytes(bytes: Uint8Array): void {
    for (const connection of this.#open) connection.send(bytes)
  }

  /** It ends every connection in order. */
  hangUp(): void {
    for (const connection of [...this.#open]) connection.close()
  }

  /** @internal */
  session(id: string): { readonly session: Session; readonly present: boolean } {
    const present = this.#sessions.get(id)
    const session = present ?? { unreleased: new Map(), subscriptions: new Set(), connection: undefined }
    this.#sessions.set(id, session)
    return { session, present: present !== undefined }
  }

  /** @internal */
  dropSession(id: string): void {
    this.#sessions.delete(id)
  }

  /** @internal */
  deliver(message: { readonly topic: string; readonly payload: Uint8Array }): void {
    this.messages.push({ ...message, at: this.now })
  }

  /** @internal */
  forgetConnection(connection: BrokerConnection): void {
    this.#open.delete(connection)
  }
}
