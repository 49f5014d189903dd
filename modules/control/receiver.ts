import { hasOwn } from '../codec/has-own.js'
import { failure, type Result, success } from '../codec/result.js'
import { type CommandTopic, parseCommandTopic } from '../delivery/topics.js'
import { type Envelope, TAG_LENGTH } from '../mqttcrypto/envelope.js'
import type { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { WallClock } from '../time/wall-clock.js'
import { radioMeter } from './commands/radio-meter.js'
import type { Command, CommandTable, Device } from './device.js'

export interface ReceiverOptions {
  readonly clock: Clock
  readonly envelope: Envelope
  readonly guard: ReplayGuard
  readonly commands: CommandTable
  readonly wallClock: Pick<WallClock, 'now'>
  log(text: string): void
}

/** The device that a receiver serves. */
export interface CommandHost extends Device {
  /** The number of the device, as it stands in every topic. */
  readonly serial: string
  /** All numbers that the device answers for: its own and those of its radio meters. */
  numbers(): readonly string[]
}

/**
 * Opens what arrives under `/config/v2` and does it, once. A command is for the device's own number, or for that of one of
 * its radio meters: then it is a question, or one of `radioMeter`, and the reply goes under the radio meter's number. What is not in order is refused in silence: only the log says
 * why. A command that changes something is done in a turn of the event loop of its own, in the order in which commands came.
 */
export class CommandReceiver {
  #options: ReceiverOptions
  #host: CommandHost
  #steps: (() => void)[] = []
  #timer: Timer | undefined

  constructor(options: ReceiverOptions, host: CommandHost) {
    this.#options = options
    this.#host = host
  }

  onMessage(topic: string, message: Uint8Array): void {
    const { envelope, guard, log } = this.#options
    const refusal = envelope.refusal(topic, message)
    if (refusal !== undefined) return log(`command refused: ${refusal}`)
    const levels = parseCommandTopic(topic)
    if (!levels.ok) return log(`command refused: ${levels.error}`)
    const found = this.#find(levels.value)
    if (!found.ok) return log(`command ${found.error}`)
    const command = found.value
    const { time, name } = levels.value
    const now = this.#options.wallClock.now()
    if (!guard.accept(message.subarray(0, TAG_LENGTH), time, now, command.effect))
      return log(refusalOf(name, time, now))
    // Only now: a broker may send what it has kept again and again.
    const opened = envelope.decrypt(message)
    if (!opened.ok) return log(`command refused: ${opened.error}`)
    log(`command ${name}`)
    const text = opened.value
    if (command.effect === 'asks' && this.#steps.length === 0) this.#do(levels.value, command, text)
    else this.act(() => this.#do(levels.value, command, text))
  }

  /** Does something in a turn of its own, after what came before it. */
  act(step: () => void): void {
    this.#steps.push(step)
    this.#timer ??= this.#options.clock.set(() => this.#turn(), 0)
  }

  /** Drops the commands that wait for their turn. */
  close(): void {
    this.#options.clock.clear(this.#timer)
    this.#steps.length = 0
  }

  #find({ serial, name }: CommandTopic): Result<Command> {
    const { commands } = this.#options
    const isOwn = serial === this.#host.serial
    if (!isOwn && !this.#host.numbers().includes(serial))
      return failure(`refused: ${serial} is no number of this device`)
    if (!isOwn && hasOwn(radioMeter, name)) return success(radioMeter[name]!)
    if (!hasOwn(commands, name)) return failure(`unknown in this build: ${name}`)
    const command = commands[name]!
    return isOwn || command.effect === 'asks'
      ? success(command)
      : failure(`refused: ${name} is for the device's own number, not for that of the radio meter ${serial}`)
  }

  #do({ serial, name }: CommandTopic, { isStoredFirst, run }: Command, text: string): void {
    const { guard, log } = this.#options
    const host = this.#host
    // Without its tag in flash, somebody could have the command done once more after a power cut.
    if (isStoredFirst && !guard.flush()) return log(`command ${name} not done: flash does not take that it was here`)
    run(host, (reply, replyName = name) => host.publish(replyName, reply, serial), text)
    guard.settle()
  }

  #turn(): void {
    this.#timer = undefined
    this.#steps.shift()?.()
    if (this.#steps.length > 0) this.#timer = this.#options.clock.set(() => this.#turn(), 0)
  }
}

/** In one piece: a template would make a longer text for each part, and a broker may send what it has kept again and again. */
function refusalOf(name: string, time: number, now: number | undefined): string {
  return 'command refused: '.concat(
    name,
    ' of ',
    `${time}`,
    ' is old or was here before; the time is ',
    `${now ?? 'not set'}`,
  )
}
