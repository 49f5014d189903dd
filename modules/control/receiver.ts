import { hasName } from '../codec/own-name.js'
import { parseCommandTopic } from '../delivery/topics.js'
import { type Envelope, TAG_LENGTH } from '../mqttcrypto/envelope.js'
import type { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { WallClock } from '../time/wall-clock.js'
import type { Command, CommandTable, Device } from './device.js'

export interface ReceiverOptions {
  readonly clock: Clock
  readonly envelope: Envelope
  readonly guard: ReplayGuard
  readonly commands: CommandTable
  readonly device: Device
  readonly wallClock: Pick<WallClock, 'now'>
  log(text: string): void
}

/**
 * Opens what arrives under `/config/v2` and does it, once. What is not in order is refused in silence: only the log says
 * why. A command that changes something is done in a turn of the event loop of its own, in the order in which commands came.
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
    const levels = parseCommandTopic(topic)
    if (levels === undefined) return log('command refused: expected /config/v2/<serial>/<time>/<command>')
    const { time, name } = levels
    if (!hasName(commands, name)) return log(`command unknown in this build: ${name}`)
    const command = commands[name]!
    const now = this.#options.wallClock.now()
    if (!guard.accept(message.subarray(0, TAG_LENGTH), time, now, command.effect))
      return log(`command refused: ${name} of ${time} is old or was here before; the time is ${now ?? 'not set'}`)
    log(`command ${name}`)
    const text = opened.value
    if (command.effect === 'asks' && this.#steps.length === 0) this.#do(name, command, text)
    else this.act(() => this.#do(name, command, text))
  }

  /** Does something in a turn of its own, after what came before it. */
  act(step: () => void): void {
    this.#steps.push(step)
    this.#timer ??= this.#options.clock.set(() => this.#turn(), 0)
  }

  /** What has come and is not yet done will not be done. */
  close(): void {
    this.#options.clock.clear(this.#timer)
    this.#steps.length = 0
  }

  #do(name: string, { isStoredFirst, run }: Command, text: string): void {
    const { device, guard, log } = this.#options
    // Without its tag in flash, somebody could have the command done once more after a power cut.
    if (isStoredFirst && !guard.flush()) return log(`command ${name} not done: flash does not take that it was here`)
    run(device, (reply, replyName = name) => device.publish(replyName, reply), text)
  }

  #turn(): void {
    this.#timer = undefined
    this.#steps.shift()?.()
    if (this.#steps.length > 0) this.#timer = this.#options.clock.set(() => this.#turn(), 0)
  }
}
