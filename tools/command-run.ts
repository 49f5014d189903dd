import { commandTopic, messageFilter, parseMessageTopic } from '../modules/delivery/topics.js'
import type { Clock, Timer } from '../modules/ports/clock.js'
import { NO_PARAMETER, replyOf } from './commands.js'
import type { Envelopes } from './options.js'

/** What became of a command on one device. */
export interface Answer {
  /** `sent`: this command has no reply. */
  readonly state: 'answered' | 'refused' | 'sent' | 'silent'
  /** The text of the reply; of several, a line each. */
  readonly text?: string
}

export interface CommandRunOptions {
  readonly clock: Clock
  readonly name: string
  readonly payload: string
  /** The devices, in the order in which they are told. */
  readonly serials: readonly string[]
  /** Devices that are told and have not answered, at most. */
  readonly parallel: number
  /** Milliseconds that a device has to answer. */
  readonly patience: number
  readonly envelopes: Envelopes
}

/** The broker, as an operator sees it, and whoever looks on. */
export interface CommandRunHost {
  readonly isConnected: boolean
  /** Unix seconds. */
  unix(): number
  publish(topic: string, message: Uint8Array): void
  onAnswer(serial: string, answer: Answer): void
  /** There is an answer of every device. */
  onEnd(): void
}

/** A device that was told. */
interface Told {
  /** The sealed command. A device does it once, however often it comes. */
  readonly topic: string
  readonly message: Uint8Array
  isPublished: boolean
  /** Of a command that has several replies, those that have come. */
  readonly texts: string[]
  timer: Timer | undefined
}

/** A device's clock may be as many seconds behind as it takes commands. */
const CLOCK_ERROR = 1_800

/** ms between two replies of a command that has several, at most. */
const QUIET = 3_000

/** What the firmware says where it does not do as it was told: a sentence, or the state of an update. */
const REFUSED = 'refused: '
const REFUSED_UPDATE = /^state=refused(&|$)/

/** The kinds of messages that can answer a command; none where it has no reply. */
function repliesTo(name: string): readonly string[] {
  const { name: reply, check } = replyOf(name)
  if (reply !== undefined) return [reply]
  // A command that is not answered may still be refused, under its own name.
  return check === undefined ? [] : [name, check]
}

function isRefusal(name: string, reply: string): boolean {
  return reply.startsWith(REFUSED) || (name === 'update' && REFUSED_UPDATE.test(reply))
}

/** What a run has to hear: of one device, or of all. */
export function replyFilters(name: string, serials: readonly string[]): readonly string[] {
  return repliesTo(name).map((kind) => messageFilter(kind, serials.length === 1 ? serials[0] : undefined))
}

/**
 * Sends one command to devices, some at a time, and waits for the answer of each. While the broker is away nobody is told
 * anything and nobody's time runs out; who has not answered then is told again.
 */
export class CommandRun {
  #options: CommandRunOptions
  #host: CommandRunHost
  #kinds: readonly string[]
  #underWay = new Map<string, Told>()
  #next = 0
  #isOver = false
  #since: number

  constructor(options: CommandRunOptions, host: CommandRunHost) {
    this.#options = options
    this.#host = host
    this.#kinds = repliesTo(options.name)
    this.#since = host.unix() - CLOCK_ERROR
  }

  start(): void {
    this.#tellMore()
  }

  /** Ends it early; nothing is told after that. */
  close(): void {
    this.#isOver = true
    for (const { timer } of this.#underWay.values()) this.#options.clock.clear(timer)
  }

  isUnderWay(serial: string): boolean {
    return this.#underWay.has(serial)
  }

  /** A message has come that one of the filters lets through. */
  onMessage(topic: string, message: Uint8Array): void {
    const { kind, serial, time = 0 } = parseMessageTopic(topic)
    // What somebody has recorded and sends again tells nothing of now.
    if (!this.#underWay.get(serial)?.isPublished || !this.#kinds.includes(kind) || !(time >= this.#since)) return
    const opened = this.#options.envelopes(serial)?.open(topic, message, Number.POSITIVE_INFINITY)
    if (!opened?.ok) return
    if (replyOf(this.#options.name).isMany) return this.#collect(serial, opened.value)
    this.#end(serial, {
      state: isRefusal(this.#options.name, opened.value) ? 'refused' : 'answered',
      text: opened.value,
    })
  }

  /** The broker is there again: those that have not answered may not have heard, or nobody has heard them. */
  onReconnected(): void {
    for (const serial of [...this.#underWay.keys()]) this.#publish(serial)
  }

  #tellMore(): void {
    const { serials, parallel, name, payload, envelopes } = this.#options
    while (!this.#isOver && this.#underWay.size < parallel && this.#next < serials.length) {
      const serial = serials[this.#next++]!
      const topic = commandTopic(serial, this.#host.unix(), name)
      const message = envelopes(serial)!.seal(topic, payload)
      this.#underWay.set(serial, { topic, message, isPublished: false, texts: [], timer: undefined })
      this.#publish(serial)
    }
    if (this.#underWay.size > 0 || this.#isOver) return
    this.#isOver = true
    this.#host.onEnd()
  }

  #publish(serial: string): void {
    const told = this.#underWay.get(serial)!
    const { clock, patience, name, envelopes } = this.#options
    clock.clear(told.timer)
    told.timer = clock.set(() => this.#onSilence(serial), patience)
    if (!this.#host.isConnected) return
    told.isPublished = true
    this.#host.publish(told.topic, told.message)
    if (this.#kinds.length === 0) {
      // In a turn of its own, so that a thousand devices are no deep stack.
      clock.clear(told.timer)
      told.timer = clock.set(() => this.#end(serial, { state: 'sent' }), 0)
      return
    }
    const { check } = replyOf(name)
    if (check === undefined) return
    const topic = commandTopic(serial, this.#host.unix(), check)
    this.#host.publish(topic, envelopes(serial)!.seal(topic, NO_PARAMETER))
  }

  /** Another reply may follow; the last one has come when it is quiet for a while. */
  #collect(serial: string, text: string): void {
    const { clock } = this.#options
    const told = this.#underWay.get(serial)!
    told.texts.push(text)
    clock.clear(told.timer)
    told.timer = clock.set(() => this.#end(serial, { state: 'answered', text: told.texts.join('\n') }), QUIET)
  }

  #onSilence(serial: string): void {
    if (this.#host.isConnected) return this.#end(serial, { state: 'silent' })
    const told = this.#underWay.get(serial)!
    told.timer = this.#options.clock.set(() => this.#onSilence(serial), this.#options.patience)
  }

  #end(serial: string, answer: Answer): void {
    const { clock } = this.#options
    clock.clear(this.#underWay.get(serial)!.timer)
    this.#underWay.delete(serial)
    this.#host.onAnswer(serial, answer)
    this.#tellMore()
  }
}
