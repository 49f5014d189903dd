import { Journal } from '../../modules/delivery/journal/journal.js'
import type { Draft, QueuedMessage } from '../../modules/delivery/queue.js'
import type { FlashPort } from '../../modules/ports/flash.js'
import { WallClock } from '../../modules/time/wall-clock.js'
import { PowerCut, SimulatedFlash, type Tear } from '../../twin/flash.js'
import { seededRandom } from '../../twin/random.js'
import { Turns } from './clock.js'

/** 2027-01-15 08:00:00 UTC. */
export const START = 1_800_000_000

export interface TakenSample {
  readonly topic: string
  readonly time: number
  /** Number of the boot. */
  readonly boot: number
  /** The journal has taken it and had the time to write it. */
  written: boolean
  /** The boot knew the time. */
  readonly dated: boolean
}

/**
 * A journal whose work in pieces is done whenever somebody waits for it.
 * @param began unix seconds of its power-on
 */
export function promptJournal(flash: FlashPort, began: number) {
  const clock = new Turns()
  const wallClock = new WallClock(clock)
  wallClock.set(began * 1000)
  let refused = 0
  const journal = new Journal({
    flash,
    clock,
    wallClock,
    onReady() {},
    onRefused() {
      refused++
    },
  })
  clock.settle()
  return {
    journal,
    /** False when the flash does not take it. */
    append(sample: Draft): boolean {
      const before = refused
      journal.append(sample)
      clock.settle()
      return refused === before
    },
    next(waiting: boolean): QueuedMessage | undefined {
      for (;;) {
        const message = journal.next(waiting)
        if (message !== undefined || !clock.turn()) return message
      }
    },
  }
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
  /** Whether the journal gets all the turns of the event loop that it wants, before anything else happens. */
  isPrompt = true
  #flash: SimulatedFlash
  #turns = new Turns()
  #wallClock = new WallClock(this.#turns)
  /** What the journal has taken and may not have written yet. */
  #unwritten: TakenSample[] = []
  #unreleased = new Map<number, string>()
  #bootedAt = START

  constructor(flash: SimulatedFlash) {
    this.#flash = flash
    this.powerOn()
  }

  /** Starts the device again, however it ended; power that has not gone yet may still go. */
  powerOn(knowsTime = true): void {
    const { on, cutAt } = this.#flash
    this.#flash.powerOn()
    if (on) this.#flash.cutAt = cutAt
    this.boot++
    this.#bootedAt = this.now
    this.knowsTime = knowsTime
    this.#turns = new Turns()
    this.#wallClock = new WallClock(this.#turns)
    if (knowsTime) this.#wallClock.set(this.#bootedAt * 1000)
    this.#unwritten = []
    this.journal = new Journal({
      flash: this.#flash,
      clock: this.#turns,
      wallClock: this.#wallClock,
      onReady() {},
      onRefused: ({ at }) => {
        this.#unwritten = this.#unwritten.filter(({ time }) => time !== this.#bootedAt + at / 1000)
      },
    })
    if (this.isPrompt) this.attempt(() => this.settle())
  }

  /** Gives the journal so many turns of the event loop. */
  turns(count: number): void {
    this.attempt(() => {
      for (let i = 0; i < count; i++) if (!this.#turns.turn()) return this.settle()
    })
  }

  /** Gives the journal all the turns that it wants. */
  settle(): void {
    this.#turns.settle()
    for (const sample of this.#unwritten) sample.written = true
    this.#unwritten = []
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
    const sample = { topic: prefix + time, time, boot, written: false, dated }
    this.taken.push(sample)
    this.attempt(() => {
      this.#unwritten.push(sample)
      this.journal.append({ prefix, at: (time - this.#bootedAt) * 1000, text: `t1=${time % 100}.00 C&` })
      if (this.isPrompt || this.#turns.isIdle) this.settle()
    })
  }

  /** SNTP answers. */
  learnTime(): void {
    this.knowsTime = true
    this.attempt(() => {
      this.#wallClock.set(this.#bootedAt * 1000)
      this.settle()
      this.datedBoots.add(this.boot)
    })
  }

  /** Delivers one message, or lets it get only so far; false when there is none. */
  deliver(waiting = true, until: 'published' | 'received' | 'released' | 'delivered' = 'delivered'): boolean {
    let found = true
    this.attempt(() => {
      const message = this.#next(waiting)
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
    while (this.deliver(waiting) || !this.#turns.isIdle) this.turns(1)
  }

  #next(waiting: boolean): QueuedMessage | undefined {
    let message = this.journal.next(waiting)
    while (message === undefined && this.isPrompt && this.#turns.turn()) message = this.journal.next(waiting)
    return message
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
