import { type Result, success } from '../modules/codec/result.js'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import type { Answer } from './answer.js'
import { bytesOfHex } from './typed-text.js'

/** The text of a sealed message, or the check that failed. Fails where the message is no hex. */
export function openAnswer(envelope: Envelope, topic: string, hex: string): Result<Answer> {
  const message = bytesOfHex(hex, 'message')
  if (!message.ok) return message
  const opened = envelope.open(topic, message.value, Number.POSITIVE_INFINITY)
  return success(opened.ok ? { lines: [opened.value], notes: [] } : { lines: [], notes: [], problem: opened.error })
}
