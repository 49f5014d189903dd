import { Kind, messagePrefix, offlineTopic } from '../modules/delivery/topics.js'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import { Once } from './once.js'
import type { Arrival } from './store/store.js'
import { canBe } from './store/times.js'

/** What became of a message. */
const VERDICTS = ['opened', 'unknown_device', 'wrong_key', 'malformed', 'impossible_time'] as const
export type Verdict = (typeof VERDICTS)[number]

/** All that devices say, and none of the commands to them. */
export const FILTERS: readonly string[] = [`${messagePrefix('+', '+')}+`, offlineTopic()]

const TOPIC = /^\/([a-z_]{1,32})\/v2\/([^/]{1,32})\/([0-9]{1,20})$/
const WILL = /^\/offline\/v1\/([^/]{1,32})$/

/** Opens the messages of devices, counts what becomes of them, and names once what cannot be opened. */
export class Opener {
  readonly counts = new Map<Verdict, number>(VERDICTS.map((verdict) => [verdict, 0]))
  #envelopes: (serial: string) => Envelope | undefined
  #once: Once

  constructor(envelopes: (serial: string) => Envelope | undefined, say: (line: string) => void) {
    this.#envelopes = envelopes
    this.#once = new Once(say)
  }

  /** The opened message; undefined where there is none. @param now unix milliseconds */
  open(topic: string, payload: Uint8Array, now: number): Arrival | undefined {
    const will = WILL.exec(topic)?.[1]
    if (will !== undefined) {
      if (this.#envelopes(will) === undefined) return this.#drop('unknown_device', will, topic)
      this.#count('opened')
      return { serial: will, kind: Kind.Offline, time: Math.floor(now / 1000), text: '', receivedAt: now }
    }
    const [, kind, serial, digits] = TOPIC.exec(topic) ?? []
    if (kind === undefined || serial === undefined) return this.#drop('malformed', 'topic', topic)
    const envelope = this.#envelopes(serial)
    if (envelope === undefined) return this.#drop('unknown_device', serial, topic)
    const opened = envelope.open(topic, payload, Number.POSITIVE_INFINITY)
    if (!opened.ok) {
      const verdict = opened.error.startsWith('hmac') ? 'wrong_key' : 'malformed'
      return this.#drop(verdict, serial, `${topic}: ${opened.error}`)
    }
    const time = Number(digits)
    if (!canBe(time, now)) return this.#drop('impossible_time', serial, topic)
    this.#count('opened')
    return { serial, kind, time, text: opened.value, receivedAt: now }
  }

  #count(verdict: Verdict): void {
    this.counts.set(verdict, this.counts.get(verdict)! + 1)
  }

  #drop(verdict: Verdict, key: string, text: string): undefined {
    this.#count(verdict)
    this.#once.say(`${verdict} ${key}`, `${verdict.replace('_', ' ')}: ${text}`)
  }
}
