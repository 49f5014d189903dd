import { hasName } from '../codec/own-name.js'
import { parseCommandTopic } from '../delivery/topics.js'
import { type Envelope, TAG_LENGTH } from '../mqttcrypto/envelope.js'
import type { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import type { Clock, Timer } from '../ports/clock.js'
import { QUESTIONS } from './commands/table.js'
import type { CommandFamily, Device } from './device.js'

export interface ReceiverOptions {
  readonly clock: Clock
  readonly envelope: Envelope
  readonly guard: ReplayGuard
  readonly commands: CommandFamily
  readonly device: Device
  /** Unix seconds; undefined when the clock is not set. */
  now(): number | undefined
  log(text: string): void
}

/**
 * Opens what arrives under `/config/v2` and does it, once. What is not in order is passed over in silence. A command
 * that changes something is remembered in flash and done in turns of the event loop of their own, in the order in which
 * commands have come: neither is short.
 */
export class CommandReceiver {
  #options: ReceiverOptions
  #steps: (() => void)[] = []
  #timer: Timer | undefined

  constructor(options: ReceiverOptions) {
    this.#options = options
  }

  onMessage(topic: string, message: Uint8Array): void {
    const { envelope, guard, commands, log } = this.#options
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
    const isQuestion = QUESTIONS.includes(name)
    if (!isQuestion) return this.act(() => this.#do(name, opened.value))
    if (this.#steps.length === 0) return this.#do(name, opened.value)
    this.#later(() => this.#do(name, opened.value))
  }

  /** Does what changes something: after the commands before it, and when flash has all that have come so far. */
  act(step: () => void): void {
    const { guard } = this.#options
    // Else a power cut would make it forget what it did, and somebody could have it done once more.
    this.#later(() => guard.prepare())
    this.#later(() => guard.flush())
    this.#later(step)
  }

  /** What has come and is not yet done will not be. */
  close(): void {
    this.#options.clock.clear(this.#timer)
    this.#steps.length = 0
  }

  #do(name: string, text: string): void {
    const { commands, device } = this.#options
    commands[name]!(device, (reply, replyName = name) => device.publish(replyName, reply), text)
  }

  #later(step: () => void): void {
    this.#steps.push(step)
    this.#timer ??= this.#options.clock.set(() => this.#turn(), 0)
  }

  #turn(): void {
    this.#timer = undefined
    this.#steps.shift()?.()
    if (this.#steps.length > 0) this.#timer = this.#options.clock.set(() => this.#turn(), 0)
  }
}
