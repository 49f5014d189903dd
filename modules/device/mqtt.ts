import TCP from 'embedded:io/socket/tcp'
import MQTTClient from 'embedded:network/mqtt/client'
import Timer from 'timer'
import type { MqttConnect, MqttConnection, MqttConnectOptions, MqttControl } from '../ports/mqtt.js'
import { MOST_HELD_BACK, PacketGuard } from '../uplink/packet-guard.js'
import type { Resolver } from './resolver.js'

/** What counts as the return code of a SUBACK that has none. */
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
  readonly items?: readonly { readonly topic: string; readonly QoS: number }[]
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

interface SocketOptions {
  readonly guard: PacketGuard
  readonly address: string
  readonly port: number
  onReached(): void
  onReadable(count: number): void
  onWritable(count: number): void
  onError(reason?: string): void
}

/** The SDK's TCP as its code is; its typings leave out what `read` and `write` return when the connection is gone (tcp.c:308, 388). */
interface Tcp {
  read(count: number): ArrayBuffer | undefined
  write(bytes: Uint8Array): number | undefined
  close(): void
}

/** Bytes that are read in one turn at most. The others wait in lwIP, whose window bounds them, and not in XS. */
const PIECE = 128

/**
 * A TCP socket, as the SDK's MQTT client uses one, that gives it only what the guard lets pass, one message or one
 * piece a turn: a full window at once would need more memory than all else that the device does. It takes the SDK's
 * exceptions upon itself: the client also reads and writes out of timers and events of its own, where nobody would catch
 * them, and goes on reading after it has ended the connection (mqttclient.js:526, 705).
 */
class GuardedSocket {
  format = 'buffer'
  #tcp: Tcp | undefined
  #options: SocketOptions
  /** What was read and the guard has not looked at yet. */
  #piece = new Uint8Array(0)
  #passed = new Uint8Array(PIECE + MOST_HELD_BACK)
  /** Bytes of `#passed` that the client has read, and those it may read. */
  #at = 0
  #end = 0
  /** Bytes that lwIP has. */
  #unread = 0
  #nextPiece: Timer | undefined
  #reached = false

  constructor(options: SocketOptions) {
    this.#options = options
    const tcp: unknown = new TCP({
      address: options.address,
      port: options.port,
      nodelay: true,
      onReadable: (count) => {
        this.#unread = count
        if (this.#nextPiece === undefined) this.#attempt(() => this.#pass())
      },
      onWritable: (count) => {
        if (!this.#reached) options.onReached()
        this.#reached = true
        this.#attempt(() => options.onWritable(count))
      },
      onError: () => options.onError(),
    })
    this.#tcp = tcp as Tcp
  }

  read(into?: number | ArrayBuffer): number | ArrayBuffer | undefined {
    if (this.format === 'number') return this.#passed[this.#at++]
    const length = typeof into === 'number' ? into : this.#end - this.#at
    this.#at += length
    return this.#passed.slice(this.#at - length, this.#at).buffer
  }

  write(bytes: Uint8Array): number {
    try {
      return this.#tcp?.write(bytes) ?? 0
    } catch (error) {
      this.#fail(error)
      return 0
    }
  }

  close(): void {
    Timer.clear(this.#nextPiece)
    this.#nextPiece = undefined
    this.#tcp?.close()
    this.#tcp = undefined
  }

  #attempt(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** A packet may be cut: the connection ends, when the client is not in the middle of something. */
  #fail(error: unknown): void {
    Timer.set(() => {
      if (this.#tcp !== undefined) this.#options.onError(String(error))
    })
  }

  #readPiece(): void {
    const length = Math.min(this.#unread, PIECE)
    const arrived = length > 0 ? this.#tcp?.read(length) : undefined
    if (arrived === undefined) return
    this.#unread -= length
    this.#piece = new Uint8Array(arrived)
  }

  #pass(): void {
    const { guard, onReadable, onError } = this.#options
    if (this.#piece.length === 0) this.#readPiece()
    this.#end = guard.filter(this.#piece, this.#passed)
    this.#at = 0
    if (this.#end < 0) return onError(guard.fault)
    this.#piece = this.#piece.subarray(guard.used)
    if (this.#piece.length > 0 || this.#unread > 0)
      this.#nextPiece = Timer.set(() => {
        this.#nextPiece = undefined
        this.#attempt(() => this.#pass())
      })
    if (this.#end > 0) onReadable(this.#end)
  }
}
