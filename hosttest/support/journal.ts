import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { Journal } from '../../modules/journal/journal.js'
import { PowerCut, SimulatedFlash, type Tear } from '../../twin/flash.js'
import { seededRandom } from '../../twin/random.js'

/** 2027-01-15 08:00:00 UTC. */
export const START = 1_800_000_000

export interface TakenSample {
  readonly topic: string
  readonly time: number
  /** Number of the boot. */
  readonly boot: number
  /** The journal said that it has it. */
  readonly written: boolean
  /** The boot knew the time. */
  readonly dated: boolean
}

/** A device that takes samples and a broker that keeps sessions, without a network between: power alone can go. */
export class JournalWorld {
  readonly taken: TakenSample[] = []
  /** Topics, in the order in which the broker passed them on. */
  readonly passedOn: string[] = []
  /** Boots that came to know the time; all but those are undated. */
  readonly datedBoots = new Set<number>()
  cuts = 0
  boot = 0
  journal!: Journal
  /** Unix seconds. */
  now = START
  knowsTime = true
  #flash: SimulatedFlash
  #unreleased = new Map<number, string>()
  #bootedAt = START

  constructor(flash: SimulatedFlash) {
    this.#flash = flash
    this.powerOn()
  }

  /** Starts the device again, however it ended. */
  powerOn(knowsTime = true): void {
    this.#flash.powerOn()
    this.boot++
    this.#bootedAt = this.now
    this.knowsTime = knowsTime
    this.journal = new Journal({
      flash: this.#flash,
      seal: (_, text) => encodeUtf8(text),
      unix: (at) => (this.knowsTime ? this.#bootedAt + Math.floor(at / 1000) : undefined),
    })
  }

  /** Does something, and starts the device again if power goes meanwhile; whether it came to its end. */
  attempt(action: () => void): boolean {
    try {
      action()
      return true
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error
      this.cuts++
      this.powerOn()
      this.connect()
      return false
    }
  }

  connect(sessionPresent = true): void {
    if (!sessionPresent) {
      this.#unreleased.clear()
      this.journal.forget()
    }
    this.journal.onConnected()
  }

  sample(seconds = 60, prefix = '/s/'): void {
    this.now += seconds
    const { boot, now: time } = this
    const dated = this.knowsTime
    const note = (written: boolean) => this.taken.push({ topic: prefix + time, time, boot, written, dated })
    const ended = this.attempt(() => {
      const at = (time - this.#bootedAt) * 1000
      note(this.journal.append({ prefix, at, text: `t1=${time % 100}.00 C&` }))
    })
    if (!ended) note(false)
  }

  /** SNTP answers. */
  learnTime(): void {
    this.knowsTime = true
    this.attempt(() => {
      this.journal.next(false)
      this.datedBoots.add(this.boot)
    })
  }

  /** Delivers one message, or lets it get only so far; false when there is none. */
  deliver(waiting = true, until: 'published' | 'received' | 'released' | 'delivered' = 'delivered'): boolean {
    let found = true
    this.attempt(() => {
      const message = this.journal.next(waiting)
      found = message !== undefined
      if (message === undefined) return
      const { id, topic, published, received } = message
      if (!received) {
        if (!published) this.journal.sent()
        if (!this.#unreleased.has(id)) this.#unreleased.set(id, topic)
        if (until === 'published') return
        this.journal.received()
      }
      if (until === 'received') return
      this.release(id)
      if (until === 'released') return
      this.journal.delivered()
    })
    return found
  }

  deliverAll(waiting = true): void {
    while (this.deliver(waiting));
  }

  /** PUBREL has arrived. */
  release(id: number): void {
    const topic = this.#unreleased.get(id)
    this.#unreleased.delete(id)
    if (topic !== undefined) this.passedOn.push(topic)
  }

  /** Topics that were passed on more than once. */
  get twice(): string[] {
    const seen = new Set<string>()
    return this.passedOn.filter((topic) => seen.size === seen.add(topic).size)
  }

  /** Topics that were written, can be dated, and never arrived. */
  get lost(): string[] {
    const arrived = new Set(this.passedOn)
    return this.taken
      .filter(({ written, dated, boot }) => written && (dated || this.datedBoots.has(boot)))
      .map(({ topic }) => topic)
      .filter((topic) => !arrived.has(topic))
  }
}

/** The unix time at the end of a topic. */
export function timeOf(topic: string): number {
  return Number(topic.slice(topic.lastIndexOf('/') + 1))
}

/** A small flash whose power goes at that step, with a device on it. */
export function cutWorld(seed: number, tear: Tear, cutAt: number, sectorSize: number) {
  const flash = new SimulatedFlash({ sectors: 9, sectorSize, tear, random: seededRandom(seed) })
  const started = new JournalWorld(flash)
  flash.cutAt = cutAt
  return { flash, world: started }
}
