import { hasName } from '../codec/own-name.js'
import type { Envelope } from '../mqttcrypto/envelope.js'
import { type ReplayGuard, TAG_LENGTH } from '../mqttcrypto/replay-guard.js'
import type { CommandFamily, Device } from './command.js'
import { QUESTIONS } from './dispatch.js'
import { parseCommandTopic } from './topic.js'

export interface ReceiverOptions {
  readonly envelope: Envelope
  readonly guard: ReplayGuard
  readonly commands: CommandFamily
  readonly device: Device
  /** Unix seconds; undefined when the clock is not set. */
  now(): number | undefined
  log(text: string): void
}

/** Opens what arrives under `/config/v2` and does it, once. What is not in order is passed over in silence. */
export class CommandReceiver {
  #options: ReceiverOptions

  constructor(options: ReceiverOptions) {
    this.#options = options
  }

  onMessage(topic: string, message: Uint8Array): void {
    const { envelope, guard, commands, device, log } = this.#options
    const opened = envelope.open(topic, message)
    if (!opened.ok) return log(`command refused: ${opened.error}`)
    const command = parseCommandTopic(topic)
    if (command === undefined) return log('command refused: expected /config/v2/<serial>/<time>/<command>')
    const { time, name } = command
    const now = this.#options.now()
    if (!guard.accept(message.subarray(0, TAG_LENGTH), time, now))
      return log(`command refused: ${name} of ${time} is old or was here before; the time is ${now ?? 'not set'}`)
    if (!hasName(commands, name)) return log(`command unknown in this build: ${name}`)
    log(`command ${name}`)
    // Else a power cut would make it forget what it did, and somebody could have it done once more.
    if (!QUESTIONS.includes(name)) guard.flush()
    commands[name]!(device, (text, replyName = name) => device.publish(replyName, text), opened.value)
  }
}
