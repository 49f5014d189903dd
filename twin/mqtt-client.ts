import { createConnection, type Socket } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import type { MqttConnect, MqttConnection, MqttConnectOptions } from '../modules/ports/mqtt.js'

/** What counts as the return code of a SUBACK that has none. */
const REFUSED = 0x80

/** Bytes of a packet that has not ended; the device takes far less. */
const LONGEST = 65_536

/** MQTT over TCP with mqtt-packet. */
export const connectMqtt: MqttConnect = (options) => new TcpConnection(options)

class TcpConnection implements MqttConnection {
  #socket: Socket
  #options: MqttConnectOptions
  #open = true

  constructor(options: MqttConnectOptions) {
    this.#options = options
    const packets = parser({ protocolVersion: 4 })
    packets.on('packet', (packet) => this.#onPacket(packet))
    packets.on('error', (error) => this.#end(error.message))
    this.#socket = createConnection({ host: options.host, port: options.port, noDelay: true })
    this.#socket.on('connect', () => {
      options.onReached()
      this.#send({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: false,
        clientId: options.id,
        keepalive: options.keepAlive,
        username: options.user,
        password: Buffer.from(options.password),
        will: { topic: options.willTopic, payload: Buffer.alloc(0), qos: 0, retain: false },
      })
    })
    this.#socket.on('data', (data) => {
      if (this.#open && packets.parse(data) > LONGEST) this.#end(`a packet of more than ${LONGEST} bytes`)
    })
    this.#socket.on('error', (error) => this.#end(error.message))
    this.#socket.on('close', () => this.#end('connection closed by the broker'))
  }

  publish(id: number, topic: string, payload: Uint8Array, duplicate: boolean): boolean {
    return this.#send({
      cmd: 'publish',
      messageId: id,
      topic,
      payload: Buffer.from(payload),
      qos: 2,
      dup: duplicate,
      retain: false,
    })
  }

  release(id: number): boolean {
    return this.#send({ cmd: 'pubrel', messageId: id })
  }

  subscribe(id: number, topic: string, qos: 0 | 1 | 2): boolean {
    return this.#send({ cmd: 'subscribe', messageId: id, subscriptions: [{ topic, qos }] })
  }

  ping(): boolean {
    return this.#send({ cmd: 'pingreq' })
  }

  close(): void {
    this.#open = false
    this.#socket.destroy()
  }

  #send(packet: Packet): boolean {
    if (!this.#open) return false
    this.#socket.write(generate(packet))
    return true
  }

  #onPacket(packet: Packet): void {
    if (!this.#open) return
    switch (packet.cmd) {
      case 'connack':
        if (packet.returnCode) return this.#end(`broker refused the connection, code ${packet.returnCode}`)
        return this.#options.onConnected(packet.sessionPresent)
      case 'publish':
        return this.#options.onPublish(packet.topic, new Uint8Array(packet.payload as Buffer))
      case 'pubrec':
        this.#options.onControl('pubrec', packet.messageId!)
        return void this.#send({ cmd: 'pubrel', messageId: packet.messageId! })
      case 'pubcomp':
        return this.#options.onControl('pubcomp', packet.messageId!)
      case 'suback':
        return this.#options.onSubscribed(packet.messageId!, Number(packet.granted[0] ?? REFUSED))
      case 'pingresp':
        return this.#options.onControl('pingresp', 0)
    }
  }

  #end(reason: string): void {
    if (!this.#open) return
    this.close()
    this.#options.onClosed(reason)
  }
}
