import type { Ledger } from '../ledger.js'
import { eventOf, type Incident, type Kind } from '../schedule.js'
import type { World } from '../world.js'
import type { Checker, Delivered } from './checker.js'

const SECOND = 1_000
const MINUTE = 60_000
/** How long after its end a fault may still delay the device. */
const AFTERMATH = 2 * MINUTE

/** Faults that come and go all the time; the device may have recovered before their end. */
const BREAKING: readonly Kind[] = ['weak signal', 'connections break']
/** Parts without which the device does not reach the broker. */
const ON_THE_WAY: readonly string[] = ['wifi', 'broker', 'power', 'clock']

/** The device answers at the end. Beside that, the checker measures how long it takes after each fault of the network. */
export class RecoveryChecker implements Checker {
  /** By kind of fault: seconds from its end until the broker had a message, where nothing else was wrong. */
  readonly seconds = new Map<Kind, number[]>()
  #world: World
  #ledger: Ledger
  #schedule: readonly Incident[]
  #ended: { readonly kind: Kind; readonly at: number }[] = []

  constructor(world: World, ledger: Ledger, schedule: readonly Incident[]) {
    this.#world = world
    this.#ledger = ledger
    this.#schedule = schedule
  }

  onIncidentEnd(incident: Incident): void {
    const { kind, at, length } = incident
    const { part } = eventOf(incident)
    if (!BREAKING.includes(kind) && (part === 'wifi' || part === 'broker')) this.#ended.push({ kind, at: at + length })
  }

  onDelivered({ at }: Delivered): void {
    while (this.#ended.length > 0 && this.#ended[0]!.at <= at) {
      const { kind, at: ended } = this.#ended.shift()!
      if (this.#isDisturbed(ended, at)) continue
      const seconds = this.seconds.get(kind) ?? []
      this.seconds.set(kind, seconds)
      seconds.push((at - ended) / SECOND)
    }
  }

  /** Asks the device for a last answer. */
  async close(): Promise<void> {
    const { broker, operator, clock } = this.#world
    const before = broker.messages.length
    operator.send('ping')
    await clock.run(5 * SECOND)
    if (broker.messages.length === before) this.#ledger.violate('gone', 'no answer at the end')
  }

  /** Whether another fault keeps the device from the broker between these moments. */
  #isDisturbed(from: number, until: number): boolean {
    return this.#schedule.some((incident) => {
      const end = incident.at + incident.length
      const { part } = eventOf(incident)
      return ON_THE_WAY.includes(part) && incident.at < until && end + AFTERMATH > from && end !== from
    })
  }
}
