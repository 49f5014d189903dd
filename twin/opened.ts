import type { Envelope } from '../modules/mqttcrypto/envelope.js'

/** A message as the broker has it. */
export interface Arrived {
  readonly topic: string
  readonly payload: Uint8Array
  /** Milliseconds after power-on when the broker passed it on. */
  readonly at: number
}

export interface Opened {
  readonly topic: string
  readonly kind: string
  readonly serial: string
  /** Unix seconds of the topic. */
  readonly time: number
  readonly text: string
  /** Milliseconds after power-on when the broker passed it on. */
  readonly at: number
}

/** Opens what a broker has passed on, all of it or one kind. Throws where a message does not open. */
export function opened(messages: readonly Arrived[], envelope: Envelope, kind?: string): Opened[] {
  const found: Opened[] = []
  for (const { topic, payload, at } of messages) {
    const [, name = '', , serial = '', time] = topic.split('/')
    if (kind !== undefined && name !== kind) continue
    const text = envelope.open(topic, payload, Number.POSITIVE_INFINITY)
    if (!text.ok) throw new Error(`${topic}: ${text.error}`)
    found.push({ topic, kind: name, serial, time: Number(time), text: text.value, at })
  }
  return found
}
