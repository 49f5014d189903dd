import { createConnection } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import type { MqttConnect, MqttConnection, MqttConnectOptions } from '../modules/ports/mqtt.js'
import { MOST_HELD_BACK, PacketGuard } from '../modules/uplink/packet-guard.js'
import { connectAsBoard } from './secure-duplex.js'
import { nodeTlsVerifier } from './tls-verifier.js'

/** The way to the broker. */
export interface Wire {
  write(bytes: Uint8Array): void
  close(): void
}

/**
 * MQTT over TCP or TLS with mqtt-packet.
 * @param known certificates, DER, that count as if the broker had sent them
 */
export function mqttConnector(known: readonly Uint8Array[]): MqttConnect {
  return (options) => (options.certificate === '' ? connectPlainly(options) : connectSecurely(options, known))
}

function connectPlainly(options: MqttConnectOptions): MqttConnection {
  const socket = createConnection({ host: options.host, port: options.port, noDelay: true })
  const client = new WireClient(options, { write: (bytes) => socket.write(bytes), close: () => socket.destroy() })
  socket.on('connect', () => client.onReached())
  socket.on('data', (data) => client.onData(data))
  socket.on('error', (error) => client.onClosed(error.message))
  socket.on('close', () => client.onClosed('connection closed by the broker'))
  return client
}

function connectSecurely(options: MqttConnectOptions, known: readonly Uint8Array[]): MqttConnection {
  const { host, port, certificate: fingerprint, unix } = options
  if (unix === undefined) throw new Error('the time is not known, which certificates need')
  const { tcp, tls, guard } = connectAsBoard(port, { fingerprint, host, unix, verifier: nodeTlsVerifier, known })
  const client = new WireClient(options, { write: (bytes) => tls.write(bytes), close: () => tls.destroy() })
  tcp.on('connect', () => options.onReached())
  tls.on('secureConnect', () => client.open())
  tls.on('data', (data) => client.onData(data))
  tls.on('error', (error) => client.onClosed(error.message, guard.fault !== undefined))
  tls.on('close', () => client.onClosed('connection closed by the broker'))
  return client
}

/** One connection, behind the guard that a board has too. */
export class WireClient implements MqttConnection {
  #wire: Wire
  #options: MqttConnectOptions
  #guard = new PacketGuard()
  #packets = parser({ protocolVersion: 4 })
  #open = true

  constructor(options: MqttConnectOptions, wire: Wire) {
    this.#options = options
    this.#wire = wire
    this.#packets.on('packet', (packet) => this.#onPacket(packet))
    this.#packets.on('error', (error) => this.onClosed(error.message))
  }

  onReached(): void {
    this.#options.onReached()
    this.open()
  }

  /** Sends CONNECT. */
  open(): void {
    const { id, keepAlive, user, password, willTopic } = this.#options
    this.#send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      clientId: id,
      keepalive: keepAlive,
      username: user,
      password: Buffer.from(password),
      will: { topic: willTopic, payload: Buffer.alloc(0), qos: 0, retain: false },
    })
  }

  onData(data: Uint8Array): void {
    const passed = Buffer.alloc(data.length + MOST_HELD_BACK)
    for (let rest = data; this.#open && rest.length > 0; rest = rest.subarray(this.#guard.used)) {
      const length = this.#guard.filter(rest, passed)
      if (length < 0) return this.onClosed(this.#guard.fault!)
      this.#packets.parse(Buffer.from(passed.subarray(0, length)))
    }
  }

  onClosed(reason: string, isFault = this.#guard.fault !== undefined): void {
    if (!this.#open) return
    this.close()
    this.#options.onClosed(reason, isFault)
  }

  publish(id: number, topic: string, payload: Uint8Array, duplicate: boolean): boolean {
    this.#guard.expect('pubrec', id)
    const packet = { messageId: id, topic, payload: Buffer.from(payload), dup: duplicate }
    return this.#send({ cmd: 'publish', ...packet, qos: 2, retain: false })
  }

  release(id: number): boolean {
    this.#guard.expect('pubcomp', id)
    return this.#send({ cmd: 'pubrel', messageId: id })
  }

  subscribe(id: number, topic: string, qos: 0 | 1 | 2): boolean {
    this.#guard.expect('suback', id)
    return this.#send({ cmd: 'subscribe', messageId: id, subscriptions: [{ topic, qos }] })
  }

  unsubscribe(id: number, topic: string): boolean {
    this.#guard.expect('unsuback', id)
    return this.#send({ cmd: 'unsubscribe', messageId: id, unsubscriptions: [topic] })
  }

  ping(): boolean {
    this.#guard.expect('pingresp')
    return this.#send({ cmd: 'pingreq' })
  }

  close(): void {
    this.#open = false
    this.#wire.close()
  }

  #send(packet: Packet): boolean {
    if (this.#open) this.#wire.write(generate(packet))
    return this.#open
  }

  #onPacket(packet: Packet): void {
    if (!this.#open) return
    switch (packet.cmd) {
      case 'connack':
        if (packet.returnCode) return this.onClosed(`broker refused the connection, code ${packet.returnCode}`)
        return this.#options.onConnected(packet.sessionPresent)
      case 'publish':
        return this.#options.onPublish(packet.topic, new Uint8Array(packet.payload as Buffer))
      case 'pubrec':
        this.#options.onControl('pubrec', packet.messageId!)
        return void this.#send({ cmd: 'pubrel', messageId: packet.messageId! })
      case 'pubcomp':
        return this.#options.onControl('pubcomp', packet.messageId!)
      case 'suback':
        return this.#options.onSubscribed(packet.messageId!, Number(packet.granted[0]))
      case 'unsuback':
        return this.#options.onControl('unsuback', packet.messageId!)
      case 'pingresp':
        return this.#options.onControl('pingresp', 0)
    }
  }
}
