import type { Broker } from './broker.js'
import { Fields, type Packet, PacketStream, packet } from './mqtt-packets.js'
import type { End, EndEvents } from './tcp-wire.js'

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

/** What a broker keeps for a client. */
export interface Session {
  /** QoS 2 messages that wait for PUBREL. */
  readonly unreleased: Map<number, { readonly topic: string; readonly payload: Uint8Array }>
  readonly subscriptions: Set<string>
  connection: BrokerConnection | undefined
}

/** MQTT 3.1.1, 2.2.1. */
export const TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const

/** One client of the broker. */
export class BrokerConnection {
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
    const broker = this.#broker
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
        if (message !== undefined) broker.deliver(message)
        return this.send(packet(TYPE.pubcomp, 0, word(id)))
      }
      case TYPE.subscribe: {
        const id = fields.word()
        const codes: number[] = []
        const { subscribeCode } = broker
        if (subscribeCode === undefined) return
        while (fields.hasMore) {
          const filter = fields.text()
          fields.byte()
          if (subscribeCode < 0x80) session.subscriptions.add(filter)
          codes.push(subscribeCode)
        }
        return this.send(packet(TYPE.suback, 0, word(id), codes))
      }
      case TYPE.unsubscribe: {
        const id = fields.word()
        while (fields.hasMore) session.subscriptions.delete(fields.text())
        return this.send(packet(TYPE.unsuback, 0, word(id)))
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
