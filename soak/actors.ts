import { Envelope } from '../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../twin/crypto.js'
import type { SimulatedBroker } from '../twin/simulated-broker.js'
import { QUESTIONS } from './questions.js'

export interface Packet {
  readonly topic: string
  readonly payload: Uint8Array
}

export interface ActorOptions {
  readonly broker: SimulatedBroker
  readonly envelope: Envelope
  readonly random: () => number
  serial(): string
  /** Unix seconds. */
  now(): number
  /** kWh, as the meter shows it. */
  energy(): number
}

const REMEMBERED = 200

interface Sent extends Packet {
  done: boolean
}

/** The server. It sends commands and remembers which packets were its own. */
export class Operator {
  sent = 0
  #options: ActorOptions
  #own = new WeakSet<Uint8Array>()
  /** The last commands, newest last; the stranger has heard them too. */
  readonly heard: Sent[] = []

  /** Starts with commands of the days before, which the stranger has recorded too. */
  constructor(options: ActorOptions) {
    this.#options = options
    const { envelope, serial, now } = options
    for (let hours = REMEMBERED; hours > 0; hours--) {
      const topic = `/config/v2/${serial()}/${now() - 3_600 * hours}/${hours % 2 === 0 ? 'open' : 'close'}`
      this.#remember(topic, envelope.seal(topic, '1'), true)
    }
  }

  /** Characters and bytes of the commands that it remembers. */
  get byteLength(): number {
    return this.heard.reduce((sum, { topic, payload }) => sum + topic.length + payload.length, 0)
  }

  isOwn(payload: Uint8Array): boolean {
    return this.#own.has(payload)
  }

  /** Whether this is a copy of a command sent lately that was not done yet. Two of one second may have the same topic. */
  isCopyOfUndone(topic: string, payload: Uint8Array): boolean {
    return this.#find(topic, payload)?.done === false
  }

  noteDone(topic: string, payload: Uint8Array): void {
    const packet = this.#find(topic, payload)
    if (packet !== undefined) packet.done = true
  }

  #find(topic: string, payload: Uint8Array): Sent | undefined {
    return this.heard.find((packet) => packet.topic === topic && isSame(packet.payload, payload))
  }

  send(name: string, text = '1'): void {
    const { broker, envelope, serial, now } = this.#options
    const topic = `/config/v2/${serial()}/${now()}/${name}`
    const payload = envelope.seal(topic, text)
    this.#remember(topic, payload, false)
    this.sent++
    broker.publish(topic, payload)
  }

  #remember(topic: string, payload: Uint8Array, done: boolean): void {
    this.#own.add(payload)
    this.heard.push({ topic, payload, done })
    if (this.heard.length > REMEMBERED) this.heard.shift()
  }

  sendAny(): void {
    if (this.#options.random() < 0.2) return this.sendValveCommand()
    this.send(QUESTIONS[Math.floor(this.#options.random() * QUESTIONS.length)]!)
  }

  /** Opens, closes or sends a limit: one far below what the meter shows, or one that it reaches some kWh later. */
  sendValveCommand(): void {
    const { random, energy } = this.#options
    const choice = Math.floor(random() * 5)
    if (choice === 0) this.send('open')
    else if (choice === 1) this.send('close')
    else if (choice === 2) this.send('open_until', String(energy() + 3 + Math.floor(random() * 10)))
    else if (choice === 3) this.send('open_until', String(Math.max(0, energy() - 100)))
    else this.send('open_until_delta', String(1 + Math.floor(random() * 5)))
  }
}

/** Somebody who hears everything on the broker and may publish there, without the key. */
export class Stranger {
  sent = 0
  #options: ActorOptions
  #heard: readonly Packet[]
  #forger: Envelope

  constructor(options: ActorOptions, heard: readonly Packet[]) {
    this.#options = options
    this.#heard = heard
    this.#forger = new Envelope(nodeCrypto, new Uint8Array(16).fill(0x5a))
  }

  /** Publishes everything that it has heard lately once more. */
  replayAll(): void {
    for (const packet of this.#heard) this.#publish(packet)
  }

  attack(): void {
    const { random, now, serial } = this.#options
    const old = this.#heard[Math.floor(random() * this.#heard.length)]
    const topic = `/config/v2/${serial()}/${now()}/open`
    const choice = Math.floor(random() * 6)
    if (choice === 0 || old === undefined) this.#publish({ topic, payload: this.#forger.seal(topic, '1') })
    else if (choice <= 2) this.#publish(old)
    else if (choice === 3) this.#publish({ topic, payload: old.payload })
    else if (choice === 4) {
      const payload = old.payload.slice()
      payload[Math.floor(random() * payload.length)]! ^= 1 << Math.floor(random() * 8)
      this.#publish({ topic: old.topic, payload })
    } else {
      const payload = Uint8Array.from({ length: Math.floor(random() * 120) }, () => Math.floor(random() * 256))
      this.#publish({ topic: random() < 0.5 ? topic : `/config/v2/${serial()}/`, payload })
    }
  }

  /** Publishes a copy, because the operator knows its own packets by identity. */
  #publish({ topic, payload }: Packet): void {
    this.sent++
    this.#options.broker.publish(topic, payload.slice())
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
