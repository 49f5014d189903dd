/// <reference path="../../../globals.d.ts" />
import 'board/strings'
import { type Following, MORE, remainingLength, textField, word, writeConnect } from 'board/mqtt-packets'
import Time from 'time'
import Timer from 'timer'

/*
 * MOD/examples/io/tcp/mqttclient/mqttclient.js. What is unpleasant:
 * - a write before CONNACK is a TypeError or an Error without text (150), after close() a TypeError (147)
 * - what does not fit throws "overflow", before anything is written (179)
 * - PUBLISH without payload stops the parser for good: its state is left by a byte of payload only (478)
 * - a topic that is not UTF-8 throws out of the socket's callback (456)
 * - a refused connection calls onError and closes, and the parser goes on with what came behind it (710)
 * - PUBREC and PUBREL are answered from a timer after onControl has returned (713), PUBLISH of QoS 1 and 2 too (497)
 * - only PINGRESP keeps the connection alive (706), only PINGREQ counts as sent (258)
 * - after close() an error of the resolver or of the timer is a TypeError (698)
 */

const OVERHEAD = 8
const CONNECT_TIME = 30_000

interface Message {
  operation: number
  id?: number
  returnCode?: number
  payload?: number[]
}

interface Parse extends Message {
  state: number
  flags?: number
  length?: number
  remaining?: number
  topic?: string | Uint8Array
  at?: number
  QoS?: number
}

interface Pending {
  readonly operation: number
  readonly id?: number
  readonly byteLength: number
  readonly keepalive?: boolean
}

interface ReadOptions {
  topic?: string
  byteLength?: number
  QoS?: number
  more?: boolean
}

interface WriteOptions {
  readonly operation?: number
  readonly id?: number
  readonly topic?: string
  readonly QoS?: number
  readonly retain?: boolean
  readonly duplicate?: boolean
  readonly byteLength?: number
  readonly items?: readonly { readonly topic: string; readonly QoS?: number }[]
}

interface Socket {
  format: string
  read(into?: number | ArrayBufferView | ArrayBuffer): number | ArrayBuffer | undefined
  write(bytes: Uint8Array | ArrayBuffer, options?: Following): number | undefined
  close(): void
}

interface Options {
  readonly host: string
  readonly port?: number
  readonly id?: string
  readonly clean?: boolean
  readonly keepAlive?: number
  readonly keepalive?: number
  readonly user?: string
  readonly password?: string | ArrayBuffer
  readonly will?: {
    readonly topic?: string
    readonly message?: string
    readonly QoS?: number
    readonly retain?: boolean
  }
  readonly format?: string
  readonly target?: unknown
  readonly dns: { readonly io: new (options: object) => { resolve(request: object): void } }
  readonly socket: { readonly io: new (options: object) => Socket }
  readonly onReadable?: (this: MQTTClient, count: number, options: ReadOptions) => void
  readonly onWritable?: (this: MQTTClient, count: number) => void
  readonly onControl?: (this: MQTTClient, message: Message) => void
  readonly onError?: (this: MQTTClient) => void
}

interface KeepAlive {
  readonly timer: Timer
  readonly interval: number
  read: number
  write: number
}

/** What a client has until it is closed. */
interface Open {
  readonly options: Options
  readonly pending: Pending[]
  flush?: Timer
  resume?: Timer
  connecting?: Timer
  keepalive?: KeepAlive
  remaining: number
}

export default class MQTTClient {
  static CONNECT = 1
  static CONNACK = 2
  static PUBLISH = 3
  static PUBACK = 4
  static PUBREC = 5
  static PUBREL = 6
  static PUBCOMP = 7
  static SUBSCRIBE = 8
  static SUBACK = 9
  static UNSUBSCRIBE = 10
  static UNSUBACK = 11
  static PINGREQ = 12
  static PINGRESP = 13
  static DISCONNECT = 14

  declare target: unknown
  #socket: Socket | undefined
  #open: Open | undefined
  #state: 'resolving' | 'connecting' | 'login' | 'connected' | 'publishing' | 'closed' = 'resolving'
  #writable = 0
  #readable = 0
  /** Of the present message, told and not read. */
  #payload = 0
  /** Undefined while the parser runs. */
  #parse: Parse | undefined = { state: 0, operation: 0 }
  #id = 1

  constructor(options: Options) {
    this.format = options.format ?? 'buffer'
    if (options.target !== undefined) this.target = options.target
    this.#open = { options, pending: [], remaining: 0 }
    if (!options.host) throw new Error('host required')
    new options.dns.io(options.dns).resolve({
      host: options.host,
      onResolved: (host: string, address: string) => this.#connect(host, address),
      onError: () => this.#onError(),
    })
  }

  close(): void {
    const open = this.#open
    for (const timer of [open?.flush, open?.resume, open?.keepalive?.timer, open?.connecting]) Timer.clear(timer)
    this.#state = 'closed'
    this.#socket?.close()
    this.#socket = undefined
    this.#writable = this.#readable = this.#payload = 0
    this.#open = undefined
  }

  get format(): string {
    return 'buffer'
  }

  set format(format: string) {
    if (format !== 'buffer') throw new RangeError()
  }

  write(data: Uint8Array | ArrayBuffer | null, options?: WriteOptions): number {
    const socket = this.#socket!
    socket.format = 'buffer'
    if (this.#state === 'connected') this.#writePacket(socket, data!, options!)
    else {
      const { byteLength } = data!
      const open = this.#open
      if (this.#state !== 'publishing' || options || byteLength > open!.remaining) throw new Error()
      this.#writable = socket.write(data!)!
      open!.remaining -= byteLength
      if (open!.remaining === 0) this.#state = 'connected'
    }
    return this.#writable > OVERHEAD ? this.#writable - OVERHEAD : 0
  }

  read(into: number | ArrayBuffer | ArrayBufferView = this.#payload): number | ArrayBuffer | undefined {
    let buffer = typeof into === 'object' ? into : undefined
    let count = typeof into === 'object' ? into.byteLength : into
    if (buffer !== undefined && ((buffer as Uint8Array).BYTES_PER_ELEMENT ?? 1) > 1) throw new Error('invalid buffer')
    if (count > this.#payload) {
      count = this.#payload
      if (count === 0) return undefined
      if (buffer !== undefined)
        buffer = ArrayBuffer.isView(buffer)
          ? new Uint8Array(buffer.buffer, buffer.byteOffset, count)
          : new Uint8Array(buffer, 0, count)
    }
    this.#readable -= count
    this.#payload -= count
    this.#socket!.format = 'buffer'
    const result = this.#socket!.read(buffer ?? count)
    if (this.#payload === 0 && this.#parse !== undefined) {
      const open = this.#open!
      open.resume ??= Timer.set(() => {
        open.resume = undefined
        if (this.#readable > 0) this.#onReadable(this.#readable)
      })
    }
    return result
  }

  #connect(host: string, address: string): void {
    try {
      const { options } = this.#open!
      this.#state = 'connecting'
      this.#socket = new options.socket.io({
        ...options.socket,
        address,
        host,
        port: options.port ?? 1883,
        onReadable: (count: number) => this.#onReadable(count),
        onWritable: (count: number) => this.#onWritable(count),
        onError: (reason?: string) => this.#onError(reason),
      })
      const open = this.#open!
      open.connecting = Timer.set(() => {
        open.connecting = undefined
        this.#onError()
      }, CONNECT_TIME)
    } catch {
      this.#onError()
    }
  }

  #onError(reason = 'unknown'): void {
    trace('mqttClient error: ', reason, '\n')
    this.#open!.options.onError?.call(this)
    this.close()
  }

  #onWritable(count: number): void {
    this.#writable = count
    if (this.#state === 'connecting') return this.#login()
    if (this.#state !== 'connected' && this.#state !== 'publishing') return
    const { pending, options } = this.#open!
    while (this.#state === 'connected' && pending.length > 0) {
      if (this.#writable < pending[0]!.byteLength) return
      this.write(null, pending.shift())
    }
    if (this.#writable > OVERHEAD) options.onWritable?.call(this, this.#writable - OVERHEAD)
  }

  #login(): void {
    const open = this.#open!
    const { options } = open
    Timer.clear(open.connecting)
    open.connecting = undefined
    const keepalive = Math.ceil((options.keepAlive ?? options.keepalive ?? 0) / 1000)
    this.#writable = writeConnect(
      this.#socket!,
      {
        id: options.id ?? '',
        clean: options.clean ?? true,
        ...(options.user ? { user: options.user } : {}),
        ...(options.password ? { password: options.password } : {}),
        ...(options.will ? { will: options.will } : {}),
      },
      keepalive,
    )
    if (keepalive > 0)
      open.keepalive = {
        timer: Timer.repeat(() => this.#keepAlive(), keepalive * 250),
        interval: keepalive * 1000,
        read: Time.ticks,
        write: Time.ticks,
      }
    this.#state = 'login'
  }

  #keepAlive(): void {
    const open = this.#open!
    const { interval, read, write } = open.keepalive!
    const now = Time.ticks
    if (Time.delta(read, now) >= interval + (interval >> 1)) return this.#onError('time out')
    if (Time.delta(write, now) < (interval >> 2) * 3 - 500) return
    if (open.pending.some(({ keepalive, operation }) => keepalive && operation === MQTTClient.PINGREQ))
      return this.#onError('time out')
    this.#queue({ operation: MQTTClient.PINGREQ, byteLength: 2, keepalive: true })
  }

  #queue(packet: Pending): void {
    const open = this.#open!
    open.pending.push(packet)
    open.flush ??= Timer.set(() => {
      open.flush = undefined
      this.#onWritable(this.#writable)
    })
  }

  #writePacket(socket: Socket, data: Uint8Array | ArrayBuffer, options: WriteOptions): void {
    const id = options.id ?? ++this.#id
    const operation = options.operation ?? MQTTClient.PUBLISH
    switch (operation) {
      case MQTTClient.PUBLISH:
        return this.#writePublish(socket, data, options, id)
      case MQTTClient.SUBSCRIBE:
      case MQTTClient.UNSUBSCRIBE:
        return this.#writeTopics(socket, operation, options, id)
      case MQTTClient.PUBREL:
      case MQTTClient.PUBACK:
      case MQTTClient.PUBCOMP:
      case MQTTClient.PUBREC:
        this.#need(4)
        socket.write(Uint8Array.of((operation << 4) | (operation === MQTTClient.PUBREL ? 2 : 0)), beginning(4))
        socket.write(Uint8Array.of(2), MORE)
        this.#writable = socket.write(word(id))!
        return
      case MQTTClient.PINGREQ:
      case MQTTClient.DISCONNECT: {
        const { keepalive } = this.#open!
        if (operation === MQTTClient.PINGREQ && keepalive) keepalive.write = Time.ticks
        this.#need(2)
        this.#writable = socket.write(Uint8Array.of(operation << 4, 0))!
        return
      }
      default:
        throw new Error('unknown')
    }
  }

  #writePublish(socket: Socket, data: Uint8Array | ArrayBuffer, options: WriteOptions, id: number): void {
    const qos = options.QoS ?? 0
    const byteLength = options.byteLength ?? data.byteLength
    if (data.byteLength > byteLength) throw new Error('invalid')
    const topic = textField(options.topic)
    const idLength = qos ? 2 : 0
    const length = remainingLength(topic.length + byteLength + idLength)
    const fragment = 1 + length.length + topic.length + data.byteLength + idLength
    this.#need(fragment)
    const flags = (options.retain ? 1 : 0) | ((qos & 3) << 1) | (options.duplicate ? 8 : 0)
    socket.write(Uint8Array.of((MQTTClient.PUBLISH << 4) | flags), beginning(fragment))
    socket.write(length, MORE)
    socket.write(topic, MORE)
    if (qos) socket.write(word(id), MORE)
    this.#writable = socket.write(data)!
    if (data.byteLength < byteLength) {
      this.#state = 'publishing'
      this.#open!.remaining = byteLength - data.byteLength
    }
  }

  #writeTopics(socket: Socket, operation: number, { items = [] }: WriteOptions, id: number): void {
    const isSubscribe = operation === MQTTClient.SUBSCRIBE
    const topics = items.map(({ topic }) => textField(topic))
    const payload = topics.reduce((sum, { length }) => sum + length + (isSubscribe ? 1 : 0), 2)
    const length = remainingLength(payload)
    const all = 1 + length.length + payload
    this.#need(all)
    socket.write(Uint8Array.of((operation << 4) | 2), beginning(all))
    socket.write(length, MORE)
    this.#writable = socket.write(word(id), isSubscribe ? MORE : undefined)!
    for (const [i, topic] of topics.entries()) {
      const next = i < topics.length - 1 ? MORE : undefined
      this.#writable = socket.write(topic, isSubscribe ? MORE : next)!
      if (isSubscribe) this.#writable = socket.write(Uint8Array.of((items[i]!.QoS ?? 0) & 3), next)!
    }
  }

  #need(bytes: number): void {
    if (bytes > this.#writable) throw new Error('overflow')
  }

  #onReadable(count: number): void {
    this.#readable = count
    if (this.#payload > 0) return
    const socket = this.#socket!
    socket.format = 'number'
    let parse = this.#parse!
    this.#parse = undefined
    let left = count
    while (left > 0) {
      left--
      switch (parse.state) {
        case 0: {
          const byte = socket.read() as number
          parse.flags = byte & 15
          parse.operation = byte >> 4
          if (parse.operation === 0 || parse.operation === 15) {
            this.#onError('invalid operation')
            return this.#rest(left, parse)
          }
          parse.state = 1
          break
        }
        case 1: {
          const byte = socket.read() as number
          parse.length = byte & 0x7f
          parse.state = byte & 0x80 ? 2 : parse.operation << 4
          if (byte === 0) {
            if (this.#control(parse)) return
            parse = fresh()
          }
          break
        }
        case 2:
        case 3:
        case 4: {
          const byte = socket.read() as number
          const isMore = (byte & 0x80) !== 0
          if (isMore && parse.state === 4) {
            this.#onError('bad data')
            return this.#rest(left, parse)
          }
          parse.length! += (byte & 0x7f) << (7 * (parse.state - 1))
          parse.state = isMore ? parse.state + 1 : parse.operation << 4
          break
        }
        case 0x30:
          parse.at = (socket.read() as number) << 8
          parse.state = 0x31
          break
        case 0x31: {
          const length = parse.at! | (socket.read() as number)
          parse.length! -= length + 2
          if (length === 0) {
            this.#onError('empty topic')
            return this.#rest(left, parse)
          }
          parse.topic = new Uint8Array(length)
          parse.at = 0
          parse.state = 0x32
          break
        }
        case 0x32: {
          const topic = parse.topic as Uint8Array
          topic[parse.at!++] = socket.read() as number
          if (parse.at === topic.length) {
            parse.topic = String.fromArrayBuffer(topic.buffer as ArrayBuffer)
            parse.QoS = (parse.flags! >> 1) & 3
            parse.state = parse.QoS === 1 || parse.QoS === 2 ? 0x34 : 0x36
            parse.remaining = parse.length!
          }
          break
        }
        case 0x34:
          parse.id = (socket.read() as number) << 8
          parse.state = 0x35
          break
        case 0x35:
          parse.id! |= socket.read() as number
          parse.remaining! -= 2
          parse.state = 0x36
          break
        case 0x36: {
          if (parse.remaining) {
            // The byte that led here is one of the payload.
            left++
            const available = Math.min(parse.remaining, left)
            this.#payload = available
            this.#readable = left
            parse.remaining -= available
            const message = parse
            const isLast = parse.remaining === 0
            if (isLast) parse = fresh()
            this.#publish(message, available, !isLast)
            socket.format = 'number'
            left = this.#readable
          }
          if (this.#payload > 0) return this.#rest(left, parse)
          break
        }
        case 0x20:
          if (parse.length !== 2) {
            this.#onError('unexpected length')
            return this.#rest(left, parse)
          }
          socket.read()
          parse.state = 0x21
          break
        case 0x21:
          parse.returnCode = socket.read() as number
          if (this.#control(parse)) return
          parse = fresh()
          break
        case 0x40:
        case 0x50:
        case 0x60:
        case 0x70:
        case 0x90:
        case 0xb0:
          parse.id = (socket.read() as number) << 8
          parse.length!--
          if (parse.operation === MQTTClient.SUBACK) parse.payload = []
          parse.state = 0x91
          break
        case 0x91:
          parse.id! |= socket.read() as number
          parse.length!--
          parse.state = 0x92
          if (parse.length !== 0) break
          if (this.#control(parse)) return
          parse = fresh()
          break
        case 0x92: {
          const byte = socket.read() as number
          parse.payload?.push(byte)
          if (--parse.length! !== 0) break
          if (this.#control(parse)) return
          parse = fresh()
          break
        }
        default:
          this.#onError('bad parse state')
          return this.#rest(left, parse)
      }
    }
    this.#rest(left, parse)
  }

  #rest(left: number, parse: Parse): void {
    this.#readable = left
    this.#parse = parse
  }

  #publish(message: Parse, available: number, more: boolean): void {
    const options: ReadOptions = {}
    if (message.topic) {
      options.topic = message.topic as string
      delete message.topic
      options.byteLength = message.remaining! + available
      options.QoS = message.QoS!
    }
    options.more = more
    if (!more && message.QoS)
      this.#queue({
        operation: message.QoS === 1 ? MQTTClient.PUBACK : MQTTClient.PUBREC,
        ...(message.id === undefined ? {} : { id: message.id }),
        byteLength: 4,
      })
    this.#open!.options.onReadable?.call(this, available, options)
  }

  /** True when the client was closed by what it told. */
  #control(parse: Parse): boolean {
    const { operation, id, returnCode, payload } = parse
    const { keepalive } = this.#open!
    if (operation === MQTTClient.PINGRESP && keepalive) keepalive.read = Time.ticks
    if (operation === MQTTClient.CONNACK) {
      if (returnCode) {
        this.#onError('connection rejected')
        return false
      }
      this.#state = 'connected'
    } else if (operation === MQTTClient.PUBREC || operation === MQTTClient.PUBREL)
      this.#queue({
        operation: operation === MQTTClient.PUBREC ? MQTTClient.PUBREL : MQTTClient.PUBCOMP,
        ...(id === undefined ? {} : { id }),
        byteLength: 4,
      })
    this.#open!.options.onControl?.call(this, {
      operation,
      ...(id === undefined ? {} : { id }),
      ...(returnCode === undefined ? {} : { returnCode }),
      ...(payload === undefined ? {} : { payload }),
    })
    if (operation === MQTTClient.CONNACK && this.#writable > OVERHEAD)
      this.#open!.options.onWritable?.call(this, this.#writable - OVERHEAD)
    if (this.#socket === undefined) return true
    this.#socket.format = 'number'
    return false
  }
}

function fresh(): Parse {
  return { state: 0, operation: 0 }
}

/** The first piece of so many bytes. */
function beginning(byteLength: number): Following {
  return { more: true, byteLength }
}
