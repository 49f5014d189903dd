import { toHex } from '../modules/codec/hex.js'
import { commandTopic, parseCommandTopic } from '../modules/delivery/topics.js'
import { type Envelope, TAG_LENGTH } from '../modules/mqttcrypto/envelope.js'
import type { MqttConnect } from '../modules/ports/mqtt.js'

export interface SenderTime {
  readonly envelope: Envelope
  /** Seconds that the device's clock is ahead of those who send commands. */
  ahead(): number
}

/** A command that comes again is found among so many. */
const KEPT = 256

/**
 * Wraps `connect` for a device whose clock runs faster than everybody else's: a command gets the device's time in place of its
 * sender's, so that the device does not take it for an old one. The same command is the same one when it comes again.
 */
export function inDeviceTime(connect: MqttConnect, { envelope, ahead }: SenderTime): MqttConnect {
  const known = new Map<string, { readonly topic: string; readonly payload: Uint8Array }>()
  const dated = (topic: string, payload: Uint8Array) => {
    const command = parseCommandTopic(topic)
    const opened = command.ok ? envelope.open(topic, payload) : command
    if (!command.ok || !opened.ok) return { topic, payload }
    const { serial, time, name } = command.value
    const own = commandTopic(serial, time + Math.round(ahead()), name)
    return { topic: own, payload: envelope.seal(own, opened.value) }
  }
  return (options) =>
    connect({
      ...options,
      onPublish(topic, payload) {
        const tag = toHex(payload.subarray(0, TAG_LENGTH))
        const message = known.get(tag) ?? dated(topic, payload)
        known.set(tag, message)
        if (known.size > KEPT) known.delete(known.keys().next().value!)
        options.onPublish(message.topic, message.payload)
      },
    })
}
