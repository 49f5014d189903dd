import MQTTClient from 'embedded:network/mqtt/client'
import type { MqttConnect, MqttConnection, MqttConnectOptions, MqttControl } from '../ports/mqtt.js'
import { PacketGuard } from '../uplink/packet-guard.js'
import { GuardedSocket } from './guarded-socket.js'
import type { Resolver } from './resolver.js'

/** The return code of a SUBACK that has none. */
const REFUSED = 0x80

/** MQTT with the SDK's ECMA-419 client. */
export function mqttConnector(resolver: Resolver): MqttConnect {
  return (options) => new DeviceConnection(options, resolver)
}

/**
 * The SDK's client as its code is: its typings have another `onControl` (mqttclient.js:727), and want a topic with every
 * packet that is written (mqttclient.js:165).
 */
interface SdkClient {
  write(data: Uint8Array | null, options: WriteOptions): number
  read(count: number): ArrayBuffer | undefined
  close(): void
}
interface WriteOptions {
  readonly operation: number
  readonly id?: number
  readonly topic?: string
  readonly QoS?: number
  readonly duplicate?: boolean
  readonly items?: readonly { readonly topic: string; readonly QoS?: number }[]
}
interface ControlMessage {
  readonly operation: number
  readonly id?: number
  /** Return codes of SUBACK (mqttclient.js:646). */
  readonly payload?: readonly number[]
}
interface ReadOptions {
  readonly topic?: string
  readonly byteLength?: number
  readonly more: boolean
}
interface ClientOptions {
  readonly host: string
  readonly port: number
  readonly id: string
  readonly user: string
  readonly password: string
  readonly clean: boolean
  readonly keepAlive: number
  readonly will: { readonly topic: string; readonly message: string; readonly QoS: number; readonly retain: boolean }
  readonly dns: object
  readonly socket: object
  onControl(message: ControlMessage): void
  onReadable(count: number, options: ReadOptions): void
  onWritable(): void
  onError(): void
}
const SdkClient = MQTTClient as unknown as new (options: ClientOptions) => SdkClient

class DeviceConnection implements MqttConnection {
  #options: MqttConnectOptions
  #client: SdkClient | undefined
  #guard = new PacketGuard()
  #topic = ''
  #payload = new Uint8Array(0)
  #received = 0

  constructor(options: MqttConnectOptions, resolver: Resolver) {
    this.#options = options
    const isOpen = () => this.#client !== undefined
    const guard = this.#guard
    this.#client = new SdkClient({
      host: options.host,
      port: options.port,
      id: options.id,
      user: options.user,
      password: options.password,
      clean: false,
      keepAlive: options.keepAlive * 1000,
      will: { topic: options.willTopic, message: '', QoS: 0, retain: false },
      dns: { io: NetworkResolver, resolver, isOpen },
      socket: { io: GuardedSocket, guard, nodelay: true, onReached: () => options.onReached() },
      onControl: (message) => this.#onControl(message),
      onReadable: (count, readOptions) => this.#onReadable(count, readOptions),
      onWritable: () => this.#options.onWritable(),
      onError: () => this.#end(this.#guard.fault ?? 'connection failed'),
    })
  }

  publish(id: number, topic: string, payload: Uint8Array, duplicate: boolean): boolean {
    const isSent = this.#write(payload, { operation: MQTTClient.PUBLISH, id, topic, QoS: 2, duplicate })
    if (isSent) this.#guard.expect('pubrec', id)
    return isSent
  }

  release(id: number): boolean {
    const isSent = this.#write(null, { operation: MQTTClient.PUBREL, id })
    if (isSent) this.#guard.expect('pubcomp', id)
    return isSent
  }

  subscribe(id: number, topic: string, qos: 0 | 1 | 2): boolean {
    const isSent = this.#write(null, { operation: MQTTClient.SUBSCRIBE, id, items: [{ topic, QoS: qos }] })
    if (isSent) this.#guard.expect('suback', id)
    return isSent
  }

  unsubscribe(id: number, topic: string): boolean {
    const isSent = this.#write(null, { operation: MQTTClient.UNSUBSCRIBE, id, items: [{ topic }] })
    if (isSent) this.#guard.expect('unsuback', id)
    return isSent
  }

  ping(): boolean {
    const isSent = this.#write(null, { operation: MQTTClient.PINGREQ })
    if (isSent) this.#guard.expect('pingresp')
    return isSent
  }

  close(): void {
    const client = this.#client
    this.#client = undefined
    client?.close()
  }

  #write(data: Uint8Array | null, options: WriteOptions): boolean {
    if (this.#client === undefined) return false
    try {
      this.#client.write(data, options)
      return true
    } catch (error) {
      // The client checks for room before it writes; anything else may have cut a packet.
      if ((error as Error).message !== 'overflow') this.#end(`write failed: ${(error as Error).message}`)
      return false
    }
  }

  #onControl(message: ControlMessage): void {
    if (this.#client === undefined) return
    const { operation, id = 0 } = message
    if (operation === MQTTClient.CONNACK) return this.#options.onConnected(this.#guard.sessionPresent)
    if (operation === MQTTClient.SUBACK) return this.#options.onSubscribed(id, message.payload?.[0] ?? REFUSED)
    const control = controlOf(operation)
    if (control !== undefined) this.#options.onControl(control, id)
  }

  #onReadable(count: number, options: ReadOptions): void {
    const client = this.#client
    if (client === undefined) return
    if (options.topic !== undefined) {
      this.#topic = options.topic
      this.#payload = new Uint8Array(options.byteLength!)
      this.#received = 0
    }
    const part = client.read(count)
    if (part !== undefined) {
      this.#payload.set(new Uint8Array(part), this.#received)
      this.#received += part.byteLength
    }
    if (options.more) return
    const payload = this.#payload
    this.#payload = new Uint8Array(0)
    this.#options.onPublish(this.#topic, payload)
  }

  #end(reason: string): void {
    if (this.#client === undefined) return
    this.#options.onClosed(reason, this.#guard.fault !== undefined)
    this.close()
  }
}

function controlOf(operation: number): MqttControl | undefined {
  switch (operation) {
    case MQTTClient.PUBREC:
      return 'pubrec'
    case MQTTClient.PUBCOMP:
      return 'pubcomp'
    case MQTTClient.UNSUBACK:
      return 'unsuback'
    case MQTTClient.PINGRESP:
      return 'pingresp'
    default:
      return undefined
  }
}

interface ResolverOptions {
  readonly resolver: Resolver
  /** False once the client was closed: it cannot take an answer then. */
  isOpen(): boolean
}

/** The network's own DNS; the SDK's resolver for its MQTT client asks a server that is compiled in. */
class NetworkResolver {
  #options: ResolverOptions

  constructor(options: ResolverOptions) {
    this.#options = options
  }

  resolve(request: { readonly host: string; onResolved(host: string, address: string): void; onError(): void }): void {
    const { resolver, isOpen } = this.#options
    resolver.resolve(request.host, (address) => {
      if (!isOpen()) return
      if (address === undefined) request.onError()
      else request.onResolved(request.host, address)
    })
  }
}
