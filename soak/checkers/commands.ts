import { parseCommandTopic } from '../../modules/delivery/topics.js'
import { POWER_ON } from '../../twin/virtual.js'
import type { Ledger } from '../ledger.js'
import { QUESTIONS } from '../questions.js'
import type { World } from '../world.js'
import type { Arrival, Checker } from './checker.js'

/** A question may be answered again so long after a restart (docs/protocol/sealing.md): as long as its time lets it in. */
const MAY_BE_AGAIN = 40 * 60_000

/** What moves the valve. */
const VALVE = ['open', 'close', 'open_until', 'open_until_delta']
/** A command may be so much older than the last that acted, in s, unless it moves the valve (docs/protocol/sealing.md). */
const BURST = 60
/** A command that arrives so many s after it was sent was not held back. */
const PUNCTUAL = 2
/** The device's time may be wrong by so many s without refusing a command that is punctual. */
const MOST_WRONG = 1_790

/** Each command of the operator's is done, and no packet of a stranger's is. */
export class CommandsChecker implements Checker {
  readonly counts = { arrived: 0, done: 0, again: 0 }
  readonly hostile = { arrived: 0, actedOn: 0 }
  #world: World
  #ledger: Ledger
  /** The newest times of commands of the operator's that were done: of any that acts, and of those to the valve. */
  #newest = 0
  #newestToValve = 0
  /** The device before it did a copy of a command that was done before. */
  #before: string | undefined

  constructor(world: World, ledger: Ledger) {
    this.#world = world
    this.#ledger = ledger
  }

  onArrival(arrival: Arrival): void {
    const { topic, payload, name, isOwn, isDone } = arrival
    const { operator, knowsTime, storage } = this.#world
    if (!isOwn) {
      this.hostile.arrived++
      if (isDone) this.#onActedOn(arrival)
      return
    }
    this.counts.arrived++
    if (isDone) {
      this.counts.done++
      // What flash did not take was refused in silence, and may act later.
      if (storage.state !== 'good' && !QUESTIONS.includes(name)) return
      this.#checkOrder(topic, name)
      operator.noteDone(topic, payload)
    } else if (knowsTime && operator.isOwn(payload) && this.#isPunctual(topic) && !this.#isOvertaken(topic, name))
      this.#ledger.violate('not done', name)
  }

  afterArrival(arrival: Arrival | undefined): void {
    const before = this.#before
    this.#before = undefined
    if (arrival === undefined || before === undefined) return
    if (before === this.#state()) this.counts.again++
    else this.#violate(arrival.topic)
  }

  /** A stranger's packet was done. A copy may be, in a hostile world, where it changes nothing: its tag was not worth a write. */
  #onActedOn({ topic, payload, name }: Arrival): void {
    const { clock, bootedAt, device, lies } = this.#world
    if (!device.envelope.open(topic, payload, Number.POSITIVE_INFINITY).ok) return this.#violate(topic)
    if (QUESTIONS.includes(name)) {
      if (clock.now() - bootedAt >= MAY_BE_AGAIN && !lies.wereTold) return this.#violate(topic)
      this.counts.again++
      return
    }
    if (this.#world.isHostile) this.#before = this.#state()
    else this.#violate(topic)
  }

  /** No command is done that is older than the last one that acted. */
  #checkOrder(topic: string, name: string): void {
    const time = timeOf(topic)
    if (QUESTIONS.includes(name)) return
    if (time < this.#newest - BURST)
      this.#ledger.violate('acted on', `${name} ${this.#newest - time} s older than another`)
    this.#newest = Math.max(this.#newest, time)
    if (!VALVE.includes(name)) return
    if (time < this.#newestToValve)
      this.#ledger.violate('acted on', `${name} ${this.#newestToValve - time} s older than another to the valve`)
    this.#newestToValve = Math.max(this.#newestToValve, time)
  }

  /** Whether a later command to the valve came first and acted: in a hostile world two of a burst may change places. */
  #isOvertaken(topic: string, name: string): boolean {
    return VALVE.includes(name) && timeOf(topic) < this.#newestToValve
  }

  #isPunctual(topic: string): boolean {
    const { clock, clockError } = this.#world
    const late = (POWER_ON + clock.now()) / 1_000 - timeOf(topic)
    return late <= PUNCTUAL && Math.abs(clockError) <= MOST_WRONG
  }

  /** All that a command can change. */
  #state(): string {
    const { twin, isOpen, boots } = this.#world
    return JSON.stringify([twin.settings, isOpen, boots])
  }

  #violate(topic: string): void {
    this.hostile.actedOn++
    this.#ledger.violate('acted on', topic)
  }
}

/** The time of a command in its topic, in unix seconds; 0 where the topic is none of a command. */
function timeOf(topic: string): number {
  const levels = parseCommandTopic(topic)
  return levels.ok ? levels.value.time : 0
}
