import { pairsText } from '../modules/codec/pairs.js'
import { visible } from '../modules/codec/visible.js'
import { commandTopic, messageFilter, parseMessageTopic } from '../modules/delivery/topics.js'
import type { Clock } from '../modules/ports/clock.js'
import type { Outcome } from './device-update.js'
import type { Envelopes } from './options.js'
import { RollOut, type RollOutHost } from './roll-out.js'
import type { RunLog } from './run-log.js'
import { inStages, type Stage } from './stages.js'

export interface PushOptions {
  readonly clock: Clock
  readonly version: string
  readonly url: string
  readonly force: boolean
  /** The devices, in the order of the roll-out. */
  readonly serials: readonly string[]
  readonly stages: readonly Stage[]
  /** Devices that are under way at a time. */
  readonly parallel: number
  /** Milliseconds without a word of a device. */
  readonly patience: number
  readonly log: RunLog
  readonly envelopes: Envelopes
  /** Whether a device's line is JSON. */
  readonly isJson?: boolean
}

/** The broker, as an operator sees it, and whoever looks on. */
export interface PushHost {
  readonly isConnected: boolean
  /** Unix seconds. */
  unix(): number
  publish(topic: string, message: Uint8Array): void
  /** A device's line. */
  print(line: string): void
  /** How it goes on. */
  say(text: string): void
  /** All devices are good, or one has failed and no other is under way; or the log takes nothing any more. */
  onEnd(error?: unknown): void
}

/** A device's clock may be as many seconds behind as it takes commands. */
const CLOCK_ERROR = 1_800

/** The kinds of messages that tell of updates, which have the names of the commands. */
const UPDATE = 'update'
const VERSION = 'version'

/** What a roll-out has to hear. */
export const PUSH_FILTERS: readonly string[] = [messageFilter(UPDATE), messageFilter(VERSION)]

/** A roll-out over a broker, with a line for each device and a log. */
export class Push implements RollOutHost {
  #options: PushOptions
  #host: PushHost
  #stages: readonly (readonly string[])[]
  #rollOut: RollOut
  #outcomes = new Map<string, Outcome>()
  #since: number

  constructor(options: PushOptions, host: PushHost) {
    const { clock, version, serials, stages, parallel, patience, log } = options
    this.#options = options
    this.#host = host
    this.#stages = inStages(serials, stages)
    const left = this.#stages.map((stage) => stage.filter((serial) => !log.isGood(serial)))
    this.#rollOut = new RollOut({ clock, version, stages: left, parallel, patience }, this)
    this.#since = host.unix() - CLOCK_ERROR
  }

  /** How many devices have ended it, well or not. */
  get done(): number {
    return this.#outcomes.size
  }

  start(): void {
    const { log } = this.#options
    for (const serial of this.#stages.flat())
      if (log.isGood(serial)) this.#tell(serial, { state: 'good', reason: 'by the log' })
    this.#rollOut.start()
  }

  /** Ends it, early perhaps, and prints what is left to say. @returns whether all devices of the stages are good */
  finish(): boolean {
    this.#rollOut.close()
    const counts: Record<string, number> = {}
    for (const serial of this.#options.serials) {
      const rest = this.#rollOut.isUnderWay(serial) ? 'under way' : 'not told'
      const state = this.#outcomes.get(serial)?.state ?? rest
      if (state === rest) this.#print(serial, rest)
      counts[state] = (counts[state] ?? 0) + 1
    }
    const sums = Object.entries(counts).map(([state, count]) => `${count} ${state}`)
    this.#host.say(sums.join(', '))
    return this.#stages.flat().every((serial) => this.#outcomes.get(serial)?.state === 'good')
  }

  /** A message has come that one of `PUSH_FILTERS` lets through. */
  onMessage(topic: string, message: Uint8Array): void {
    const { kind, serial, time = 0 } = parseMessageTopic(topic)
    // What somebody has recorded and sends again tells nothing of now.
    if (!this.#rollOut.isUnderWay(serial) || !(time >= this.#since)) return
    const opened = this.#options.envelopes(serial)?.open(topic, message, Number.POSITIVE_INFINITY)
    if (!opened?.ok) return
    if (kind === UPDATE) this.#rollOut.onUpdate(serial, opened.value)
    else if (kind === VERSION) this.#rollOut.onVersion(serial, opened.value)
  }

  /** The broker is there again. */
  onReconnected(): void {
    this.#rollOut.onReconnected()
  }

  onStage(number: number, devices: number): void {
    this.#host.say(`stage ${number} of ${this.#stages.length}: ${devices} to tell`)
  }

  offer(serial: string, hasAnswered: boolean): void {
    const { version, url, force, envelopes } = this.#options
    // The device is told when the broker is back.
    if (!this.#host.isConnected) return
    // Forced once more, it would install again what it has just installed: it is only asked what it runs.
    const [name, payload] =
      force && hasAnswered ? [VERSION, '1'] : [UPDATE, pairsText({ version, url, ...(force && { force: '1' }) })]
    const topic = commandTopic(serial, this.#host.unix(), name)
    this.#host.publish(topic, envelopes(serial)!.seal(topic, payload))
  }

  onStep(serial: string, step: string): void {
    this.#host.say(`${serial}: ${step}`)
  }

  onOutcome(serial: string, outcome: Outcome): void {
    this.#tell(serial, outcome)
    try {
      this.#options.log.write(serial, outcome)
    } catch (error) {
      this.#rollOut.close()
      this.#host.onEnd(error)
    }
  }

  onEnd(): void {
    this.#host.onEnd()
  }

  #tell(serial: string, outcome: Outcome): void {
    this.#outcomes.set(serial, outcome)
    this.#print(serial, outcome.state, outcome.reason)
  }

  #print(serial: string, state: string, reason?: string): void {
    if (this.#options.isJson)
      return this.#host.print(JSON.stringify({ serial, state: state.replaceAll(' ', '_'), reason: reason ?? null }))
    this.#host.print(visible(`${serial}  ${state}${reason === undefined ? '' : `: ${reason}`}`))
  }
}
