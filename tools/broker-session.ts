import { createConnection } from 'node:net'
import type { Duplex } from 'node:stream'
import { generate, type IPublishPacket, type Packet, type Parser, parser } from 'mqtt-packet'
import type { Clock, Timer } from '../modules/ports/clock.js'
import { Backoff } from '../modules/time/backoff.js'
import { bounded, LONGEST_PACKET } from '../twin/packet-bound.js'
import { failureText } from './broker-client.js'
import type { BrokerAccess } from './broker-options.js'
import { NegativeResult } from './errors.js'
import { CONNECT_TIMEOUT, connectSecurely, tlsReason } from './secure-socket.js'

export interface SessionOptions {
  readonly broker: BrokerAccess
  /** Undefined for a session that ends with the connection. */
  readonly clientId: string | undefined
  readonly filters: readonly string[]
  readonly qos: 1 | 2
  readonly clock: Clock
  /** Whoever names the same group divides the messages among themselves, with MQTT 5; undefined for all of them, with MQTT 3.1.1. */
  readonly share?: string
  /** More filters, with QoS 0: for what is of no use later. A broker may refuse them. */
  readonly fleeting?: readonly string[]
}

export interface SessionMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** Whoever has taken care of the message calls it once. The broker sends again what nobody has acknowledged. */
  acknowledge(): void
}

export interface SessionHost {
  onMessage(message: SessionMessage): void
  /** The broker has taken the connection. @param isKnown whether it has kept the session, and what has come since */
  onConnected?(isKnown: boolean): void
  /** The broker has sent all that it had, and all of it is acknowledged. Told from time to time. */
  onIdle?(): void
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
export const MOST_WAITING = 4_000
/** A session has nothing left when a ping is answered so often, so many ms apart, and nothing comes between. */
const QUIETS = 5
const QUIET = 500
/** A session that the broker keeps for ever (MQTT 5, 3.1.2.11.2). */
const FOR_EVER = 0xffffffff

const NO_SHARES = 'the broker has no shared subscriptions'
const NO_MQTT_5 = 'the broker does not know MQTT 5'

/** What a broker says by its return code (MQTT 3.1.1, 3.2.2.3), or by its reason code (MQTT 5, 3.2.2.2 and 3.14.2.1). */
const REFUSALS: Readonly<Record<number, string>> = {
  1: NO_MQTT_5,
  2: 'the broker refuses the client id',
  3: 'the broker is not ready',
  4: 'wrong user or password',
  5: 'not authorized',
  132: NO_MQTT_5,
  133: 'the broker refuses the client id',
  134: 'wrong user or password',
  135: 'not authorized',
  136: 'the broker is not ready',
  142: 'another client has taken over the session',
  158: NO_SHARES,
}

/** A refusal that waiting does not mend: the broker rejects the user, or what the session asks for. */
class Refused extends Error {}

/** Refusals that pass: the broker has just begun, or another one has the session for now. */
const PASSING = [3, 136, 142]

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
  /** What goes out together. */
  #outgoing: Buffer[] = []
  /** QoS 2 messages that are acknowledged, and not released by the broker yet. */
  #received = new Set<number>()
  /** Messages that are not taken care of yet, of connections before too: the broker sends those again. */
  #waiting = 0
  /** Whether it takes in what there is, and nothing after that. */
  #isDraining = false
  /** How often the broker has answered a ping in a row while it had nothing for us. */
  #quiet = 0
  /** Whether nothing has come since the last ping. */
  #isQuiet = false
  #isOpen = false
  #hasBeenOpen = false
  #isLost = false
  #hasHeard = false
  #began = 0
  #openedAt = 0
  #timer: Timer | undefined
  #settle: { resolve(): void; reject(error: Error): void } | undefined

  constructor(options: SessionOptions, host: SessionHost) {
    this.#options = options
    this.#host = host
  }

  /**
   * Resolves with the first subscription; a broker that is away is waited for. Rejects with `NegativeResult` where it refuses the
   * user or what is asked of it, or is another one by its certificate.
   * @param isPatient it tries again then too
   */
  start(isPatient = false): Promise<void> {
    this.#hasBeenOpen = isPatient
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#connect()
    })
  }

  /**
   * Takes in what the broker has kept for the session, and then ends the session for good. Rejects where the connection is lost
   * or the signal comes before that.
   */
  drain(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#isDraining = true
      this.#settle = { resolve, reject }
      signal.addEventListener(
        'abort',
        () => {
          this.close()
          reject(signal.reason)
        },
        { once: true },
      )
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
    if (stream === undefined) return
    if (this.#isOpen) this.#send({ cmd: 'disconnect' })
    this.#flush()
    this.#stream = undefined
    stream.end()
    this.#isOpen = false
    // A broker that does not hang up by itself holds nobody back.
    setTimeout(() => stream.destroy(), 500).unref()
  }

  #connect(): void {
    const { broker, clock, clientId, share } = this.#options
    // All of it would come once more, and nobody takes care of what is here.
    if (this.#waiting >= MOST_WAITING) {
      this.#timer = clock.set(() => this.#connect(), LONGEST_DELAY)
      return
    }
    const { host, port, user, password } = broker
    this.#began = clock.now()
    this.#hasHeard = false
    this.#packets = parser({ protocolVersion: this.#version })
    this.#outgoing = []
    const connection = broker.isSecure ? connectSecurely(broker) : createConnection({ host, port })
    const stream = bounded(connection, share === undefined)
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
      protocolVersion: this.#version,
      clientId: clientId ?? '',
      clean: clientId === undefined,
      keepalive: KEEP_ALIVE,
      ...(share !== undefined && {
        properties: {
          sessionExpiryInterval: FOR_EVER,
          receiveMaximum: MOST_WAITING,
          maximumPacketSize: LONGEST_PACKET,
        },
      }),
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password: Buffer.from(password) }),
    })
  }

  #onPacket(packet: Packet): void {
    this.#hasHeard = true
    switch (packet.cmd) {
      case 'connack':
        if (packet.properties?.sharedSubscriptionAvailable === false) return this.#refuse(158)
        return this.#onAnswer(packet.reasonCode ?? packet.returnCode ?? 0, packet.sessionPresent)
      case 'suback':
        return this.#onSubscribed(packet.granted.map(Number))
      case 'unsuback':
        return this.#lookForMore()
      case 'pingresp':
        if (this.#isDraining) return this.#onQuiet()
        if (this.#waiting === 0 && this.#isQuiet) this.#host.onIdle?.()
        return
      case 'publish':
        this.#quiet = 0
        this.#isQuiet = false
        return this.#onPublish(packet)
      case 'pubrel':
        this.#received.delete(packet.messageId!)
        return this.#send({ cmd: 'pubcomp', messageId: packet.messageId! })
      case 'disconnect':
        return this.#refuse(packet.reasonCode ?? 0)
    }
  }

  #onAnswer(code: number, isPresent: boolean): void {
    if (code !== 0) return this.#refuse(code)
    if (!isPresent) this.#received.clear()
    const { filters, qos, share, fleeting = [] } = this.#options
    const prefix = share === undefined ? '' : `$share/${share}/`
    if (this.#isDraining) {
      const unsubscriptions = filters.map((topic) => prefix + topic)
      return this.#send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions })
    }
    this.#host.onConnected?.(isPresent)
    this.#send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        ...filters.map((topic) => ({ topic: prefix + topic, qos })),
        ...fleeting.map((topic) => ({ topic, qos: 0 as const })),
      ],
    })
  }

  #refuse(code: number): void {
    const reason = REFUSALS[code] ?? `the broker refuses, code ${code}`
    this.#fail(this.#stream, PASSING.includes(code) ? new Error(reason) : new Refused(reason))
  }

  #onSubscribed(granted: readonly number[]): void {
    const { filters, broker, clock } = this.#options
    for (const [i, code] of granted.entries())
      if (code > 2 && i < filters.length)
        this.#host.say(`${broker.shown}: the broker refuses the subscription to ${filters[i]}`)
    this.#isOpen = true
    this.#hasBeenOpen = true
    this.#isLost = false
    this.#openedAt = clock.now()
    this.#settle?.resolve()
    this.#settle = undefined
    this.#ping()
  }

  /** Asks whether there is more. A broker answers in the order in which it sends; one of a cluster may be late. */
  #lookForMore(): void {
    const { clock } = this.#options
    const stream = this.#stream
    clock.clear(this.#timer)
    this.#timer = clock.set(() => {
      this.#send({ cmd: 'pingreq' })
      this.#timer = clock.set(() => this.#fail(stream, new Error('no answer')), PING)
    }, QUIET)
  }

  #onQuiet(): void {
    if (this.#waiting > 0) this.#quiet = 0
    if (this.#quiet++ < QUIETS) return this.#lookForMore()
    this.#send({ cmd: 'disconnect', properties: { sessionExpiryInterval: 0 } })
    this.close()
    this.#settle?.resolve()
  }

  #onPublish({ topic, payload, qos, messageId }: IPublishPacket): void {
    if (qos === 2 && this.#received.has(messageId!)) return this.#send({ cmd: 'pubrec', messageId: messageId! })
    const stream = this.#stream!
    const acknowledge = () => {
      if (--this.#waiting < MOST_WAITING) this.#stream?.resume()
      if (this.#stream !== stream || qos === 0) return
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
    this.#isQuiet = true
    this.#send({ cmd: 'pingreq' })
    const stream = this.#stream
    this.#timer = clock.set(() => {
      // While no more is read, nothing can be heard.
      if (this.#hasHeard || stream?.isPaused()) this.#ping()
      else this.#fail(stream, new Error('no answer'))
    }, PING)
  }

  /** What is sent in one go of the event loop is one write: thousands of messages are acknowledged at once. */
  #send(packet: Packet): void {
    if (this.#outgoing.push(generate(packet, { protocolVersion: this.#version })) === 1)
      queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    if (this.#outgoing.length > 0) this.#stream?.write(Buffer.concat(this.#outgoing))
    this.#outgoing = []
  }

  get #version(): 4 | 5 {
    return this.#options.share === undefined ? 4 : 5
  }

  #fail(stream: Duplex | undefined, error?: Error): void {
    if (stream === undefined || this.#stream !== stream) return
    const { broker, clock } = this.#options
    // One that is lost as soon as it is there may be taken by another client of this name, again and again.
    if (this.#isOpen && clock.now() - this.#openedAt > LONGEST_DELAY) this.#backoff.reset()
    this.#stream = undefined
    this.#isOpen = false
    clock.clear(this.#timer)
    stream.destroy()
    const reason = error === undefined ? 'connection closed' : failureText(error)
    const isFinal = error instanceof Refused || isOther(error)
    if (this.#isDraining || (isFinal && !this.#hasBeenOpen))
      return this.#settle?.reject(new NegativeResult(`${broker.shown}: ${reason}`))
    if (!this.#isLost) this.#host.say(`${broker.shown}: ${reason}; calling again`)
    this.#isLost = true
    this.#timer = clock.set(() => this.#connect(), this.#backoff.next(clock.now() - this.#began))
  }
}

/** Whether the broker is not the one that was meant. A computer whose clock is not set yet finds that of any. */
function isOther(error: (Error & { readonly code?: string }) | undefined): boolean {
  return error !== undefined && tlsReason(error) !== undefined && error.code !== 'CERT_NOT_YET_VALID'
}
