import { Fields, type Packet, PacketStream, packet, text } from './mqtt-packets.js'
import { Host, type Network } from './network.js'
import type { End, EndEvents } from './tcp-wire.js'

/** A message that the broker has taken over and passed on. */
export interface BrokerMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** On the clock of the simulation. */
  readonly at: number
}

/** What CONNECT said. */
export interface Login {
  readonly id: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly clean: boolean
  /** Seconds. */
  readonly keepAlive: number
  readonly will: { readonly topic: string; readonly payload: Uint8Array } | undefined
}

interface Session {
  /** QoS 2 messages that wait for PUBREL. */
  readonly unreleased: Map<number, { readonly topic: string; readonly payload: Uint8Array }>
  readonly subscriptions: Set<string>
  connection: Connection | undefined
}

/** MQTT 3.1.1, 2.2.1. */
const TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const

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
  /** Connections that were opened. */
  connections = 0
  readonly #network: Network
  #sessions = new Map<string, Session>()
  #open = new Set<Connection>()

  constructor(network: Network, { address = '203.0.113.5', name = 'broker', port = 1883 } = {}) {
    super(address)
    this.#network = network
    network.add(this, name)
    this.tcp.set(port, (end) => {
      this.connections++
      const connection = new Connection(this, end)
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
  forgetConnection(connection: Connection): void {
    this.#open.delete(connection)
  }
}

class Connection {
  readonly events: EndEvents
  #broker: Broker
  #end: End
  #stream = new PacketStream()
  #session: Session | undefined
  #login: Login | undefined
  #isOpen = true

  constructor(broker: Broker, end: End) {
    this.#broker = broker
    this.#end = end
    this.events = {
      onData: (bytes) => {
        end.consume(bytes.length)
        for (const received of this.#stream.take(bytes)) {
          broker.received.push(received.type)
          if (broker.answering && this.#isOpen) this.#take(received)
        }
        return true
      },
      onFin: () => this.close(),
      onAbort: () => this.#forget(true),
    }
  }

  send(bytes: Uint8Array): void {
    if (!this.#isOpen) return
    this.#end.write(bytes)
    this.#end.output()
  }

  close(): void {
    if (!this.#isOpen) return
    this.#end.close()
    this.#forget(true)
  }

  #forget(withWill: boolean): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const will = this.#login?.will
    if (withWill && will !== undefined) this.#broker.wills.push(will.topic)
    if (this.#session?.connection === this) this.#session.connection = undefined
    this.#broker.forgetConnection(this)
  }

  #take({ type, flags, body }: Packet): void {
    const fields = new Fields(body)
    if (type === TYPE.connect) return this.#connect(fields)
    const session = this.#session
    if (session === undefined) return this.close()
    switch (type) {
      case TYPE.publish:
        return this.#publish(session, flags, fields)
      case TYPE.pubrel: {
        const id = fields.word()
        const message = session.unreleased.get(id)
        session.unreleased.delete(id)
        if (message !== undefined) this.#broker.deliver(message)
        return this.send(packet(TYPE.pubcomp, 0, word(id)))
      }
      case TYPE.subscribe: {
        const id = fields.word()
        const codes: number[] = []
        while (fields.hasMore) {
          session.subscriptions.add(fields.text())
          codes.push(fields.byte())
        }
        return this.send(packet(TYPE.suback, 0, word(id), codes))
      }
      case TYPE.pingreq:
        return this.send(packet(TYPE.pingresp, 0))
      case TYPE.disconnect:
        this.#end.close()
        return this.#forget(false)
    }
  }

  #connect(fields: Fields): void {
    const broker = this.#broker
    const login = readLogin(fields)
    broker.logins.push(login)
    if (broker.returnCode !== 0) {
      this.send(packet(TYPE.connack, 0, [0, broker.returnCode]))
      return this.close()
    }
    if (login.clean) broker.dropSession(login.id)
    const { session, present } = broker.session(login.id)
    session.connection?.close()
    session.connection = this
    this.#session = session
    this.#login = login
    this.send(packet(TYPE.connack, 0, [present ? 1 : 0, 0]))
  }

  #publish(session: Session, flags: number, fields: Fields): void {
    const topic = fields.text()
    const qos = (flags >> 1) & 3
    const id = qos > 0 ? fields.word() : 0
    const payload = fields.rest()
    if (qos < 2) this.#broker.deliver({ topic, payload })
    else if (!session.unreleased.has(id)) session.unreleased.set(id, { topic, payload })
    if (qos === 1) this.send(packet(TYPE.puback, 0, word(id)))
    if (qos === 2) this.send(packet(TYPE.pubrec, 0, word(id)))
  }
}

function readLogin(fields: Fields): Login {
  fields.text()
  fields.byte()
  const flags = fields.byte()
  const keepAlive = fields.word()
  const id = fields.text()
  const will = flags & 4 ? { topic: fields.text(), payload: fields.bytes() } : undefined
  const user = flags & 0x80 ? fields.text() : undefined
  const password = flags & 0x40 ? fields.text() : undefined
  return { id, user, password, clean: (flags & 2) !== 0, keepAlive, will }
}

function word(value: number): readonly number[] {
  return [value >> 8, value & 255]
}
