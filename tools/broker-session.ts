import { createConnection } from 'node:net'
import type { Duplex } from 'node:stream'
import { generate, type IPublishPacket, type Packet, type Parser, parser } from 'mqtt-packet'
import type { Clock, Timer } from '../modules/ports/clock.js'
import { Backoff } from '../modules/time/backoff.js'
import { bounded } from '../twin/packet-bound.js'
import { failureText } from './broker-client.js'
import type { BrokerAccess } from './broker-options.js'
import { NegativeResult } from './errors.js'
import { CONNECT_TIMEOUT, connectSecurely } from './secure-socket.js'

export interface SessionOptions {
  readonly broker: BrokerAccess
  /** Undefined for a session that ends with the connection. */
  readonly clientId: string | undefined
  readonly filters: readonly string[]
  readonly qos: 1 | 2
  readonly clock: Clock
}

export interface SessionMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** Whoever has taken care of the message calls it once. The broker sends again what nobody has acknowledged. */
  acknowledge(): void
}

export interface SessionHost {
  onMessage(message: SessionMessage): void
  /** Says one line to whoever looks on. */
  say(line: string): void
}

/** s, as in CONNECT */
const KEEP_ALIVE = 60
/** ms */
const PING = 20_000
/** ms between attempts, doubled up to the limit */
const FIRST_DELAY = 500
const LONGEST_DELAY = 30_000
/** No more is read while so many messages wait for their acknowledgment. */
const MOST_WAITING = 1_000

/** What a broker says by its return code (MQTT 3.1.1, 3.2.2.3). */
const REFUSALS: Readonly<Record<number, string>> = {
  2: 'the broker refuses the client id',
  3: 'the broker is not ready',
  4: 'wrong user or password',
  5: 'not authorized',
}

/**
 * A subscription that goes on over lost connections, and acknowledges each message when it is told to, in any order. The
 * packets of one connection do not wait for each other: MQTT.js would hold back everything behind a message that is not
 * acknowledged yet, and takes over a QoS 2 message before anybody has seen it.
 */
export class BrokerSession {
  #options: SessionOptions
  #host: SessionHost
  #backoff = new Backoff(FIRST_DELAY, LONGEST_DELAY, Math.random)
  #stream: Duplex | undefined
  #packets: Parser = parser()
  /** QoS 2 messages that are acknowledged, and not released by the broker yet. */
  #received = new Set<number>()
  #waiting = 0
  #isOpen = false
  #hasBeenOpen = false
  #isLost = false
  #hasHeard = false
  #began = 0
  #timer: Timer | undefined
  #settle: { resolve(): void; reject(error: Error): void } | undefined

  constructor(options: SessionOptions, host: SessionHost) {
    this.#options = options
    this.#host = host
  }

  /** Resolves with the first subscription. Rejects with `NegativeResult` where the first attempt fails. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#connect()
    })
  }

  /** Publishes with QoS 0, not retained. @returns false where there is no connection */
  publish(topic: string, payload: Uint8Array): boolean {
    if (!this.#isOpen) return false
    this.#send({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 0, retain: false, dup: false })
    return true
  }

  /** Ends the connection in order. Nothing is told or acknowledged after that. */
  close(): void {
    this.#options.clock.clear(this.#timer)
    const stream = this.#stream
    this.#stream = undefined
    if (stream === undefined) return
    stream.end(this.#isOpen ? generate({ cmd: 'disconnect' }) : undefined)
    this.#isOpen = false
    // A broker that does not hang up by itself holds nobody back.
    setTimeout(() => stream.destroy(), 500).unref()
  }

  #connect(): void {
    const { broker, clock, clientId } = this.#options
    const { host, port, user, password } = broker
    this.#began = clock.now()
    this.#hasHeard = false
    this.#packets = parser()
    const stream = bounded(broker.isSecure ? connectSecurely(broker) : createConnection({ host, port }))
    this.#stream = stream
    this.#packets.on('packet', (packet) => this.#stream === stream && this.#onPacket(packet))
    this.#packets.on('error', (error) => this.#fail(stream, error))
    stream.on('data', (data) => this.#stream === stream && this.#packets.parse(data))
    stream.on('error', (error) => this.#fail(stream, error))
    stream.on('close', () => this.#fail(stream))
    this.#timer = clock.set(() => this.#fail(stream, new Error('no answer')), CONNECT_TIMEOUT)
    this.#send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: clientId ?? '',
      clean: clientId === undefined,
      keepalive: KEEP_ALIVE,
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password: Buffer.from(password) }),
    })
  }

  #onPacket(packet: Packet): void {
    this.#hasHeard = true
    switch (packet.cmd) {
      case 'connack':
        return this.#onAnswer(packet.returnCode ?? 0, packet.sessionPresent)
      case 'suback':
        return this.#onSubscribed(packet.granted.map(Number))
      case 'publish':
        return this.#onPublish(packet)
      case 'pubrel':
        this.#received.delete(packet.messageId!)
        return this.#send({ cmd: 'pubcomp', messageId: packet.messageId! })
    }
  }

  #onAnswer(code: number, isPresent: boolean): void {
    if (code !== 0) return this.#fail(this.#stream, new Error(REFUSALS[code] ?? `the broker refuses, code ${code}`))
    if (!isPresent) this.#received.clear()
    const { filters, qos } = this.#options
    this.#send({ cmd: 'subscribe', messageId: 1, subscriptions: filters.map((topic) => ({ topic, qos })) })
  }

  #onSubscribed(granted: readonly number[]): void {
    const { filters, broker } = this.#options
    for (const [i, code] of granted.entries())
      if (code > 2) this.#host.say(`${broker.shown}: the broker refuses the subscription to ${filters[i]}`)
    this.#isOpen = true
    this.#hasBeenOpen = true
    this.#isLost = false
    this.#backoff.reset()
    this.#settle?.resolve()
    this.#settle = undefined
    this.#ping()
  }

  #onPublish({ topic, payload, qos, messageId }: IPublishPacket): void {
    if (qos === 2 && this.#received.has(messageId!)) return this.#send({ cmd: 'pubrec', messageId: messageId! })
    const stream = this.#stream!
    const acknowledge = () => {
      if (this.#stream !== stream) return
      if (--this.#waiting < MOST_WAITING) stream.resume()
      if (qos === 0) return
      if (qos === 2) this.#received.add(messageId!)
      this.#send({ cmd: qos === 2 ? 'pubrec' : 'puback', messageId: messageId! })
    }
    if (++this.#waiting >= MOST_WAITING) stream.pause()
    this.#host.onMessage({ topic, payload: payload as Buffer, acknowledge })
  }

  #ping(): void {
    const { clock } = this.#options
    clock.clear(this.#timer)
    this.#hasHeard = false
    this.#send({ cmd: 'pingreq' })
    const stream = this.#stream
    this.#timer = clock.set(() => {
      // While no more is read, nothing can be heard.
      if (this.#hasHeard || stream?.isPaused()) this.#ping()
      else this.#fail(stream, new Error('no answer'))
    }, PING)
  }

  #send(packet: Packet): void {
    this.#stream?.write(generate(packet))
  }

  #fail(stream: Duplex | undefined, error?: Error): void {
    if (stream === undefined || this.#stream !== stream) return
    const { broker, clock } = this.#options
    this.#stream = undefined
    this.#isOpen = false
    this.#waiting = 0
    clock.clear(this.#timer)
    stream.destroy()
    const reason = error === undefined ? 'connection closed' : failureText(error)
    if (!this.#hasBeenOpen) return this.#settle?.reject(new NegativeResult(`${broker.shown}: ${reason}`))
    if (!this.#isLost) this.#host.say(`${broker.shown}: ${reason}; calling again`)
    this.#isLost = true
    this.#timer = clock.set(() => this.#connect(), this.#backoff.next(clock.now() - this.#began))
  }
}
