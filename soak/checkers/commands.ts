import type { Ledger } from '../ledger.js'
import { QUESTIONS } from '../questions.js'
import type { World } from '../world.js'
import type { Arrival, Checker } from './checker.js'

/** A question may be answered again so long after a restart (docs/protocol/sealing.md): as long as its time lets it in. */
const MAY_BE_AGAIN = 40 * 60_000

/** Each command of the operator's is done, and no packet of a stranger's is. */
export class CommandsChecker implements Checker {
  readonly counts = { arrived: 0, done: 0, again: 0 }
  readonly hostile = { arrived: 0, actedOn: 0 }
  #world: World
  #ledger: Ledger

  constructor(world: World, ledger: Ledger) {
    this.#world = world
    this.#ledger = ledger
  }

  onArrival({ topic, payload, name, isOwn, isDone }: Arrival): void {
    const { operator, knowsTime } = this.#world
    if (!isOwn) {
      this.hostile.arrived++
      if (isDone) this.#onActedOn(topic, name)
      return
    }
    this.counts.arrived++
    if (isDone) {
      this.counts.done++
      operator.noteDone(topic)
    } else if (knowsTime && operator.isOwn(payload)) this.#ledger.violate('not done', name)
  }

  #onActedOn(topic: string, name: string): void {
    const { operator, clock, bootedAt } = this.#world
    const wasSent = operator.heard.some((packet) => packet.topic === topic)
    if (wasSent && QUESTIONS.includes(name) && clock.now() - bootedAt < MAY_BE_AGAIN) {
      this.counts.again++
      return
    }
    this.hostile.actedOn++
    this.#ledger.violate('acted on', topic)
  }
}
