import { CommandsChecker } from './checkers/commands.js'
import { HeapChecker } from './checkers/heap.js'
import { RecoveryChecker } from './checkers/recovery.js'
import { SamplesChecker } from './checkers/samples.js'
import { ValveChecker } from './checkers/valve.js'
import { WearChecker } from './checkers/wear.js'
import { Ledger, type ViolationKind } from './ledger.js'
import type { Outcome } from './outcome.js'
import { eventOf, type Incident, isHostile } from './schedule.js'
import { World } from './world.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 86_400_000
/** Between two looks at what the broker has. */
const STEP = 10 * MINUTE

/** So many looks at the memory end a day, and the rest: at one of them the device may be at work. */
const LAST_LOOKS = 3

/** After the last fault everything that waits is delivered, one a second. */
const REST = 90 * MINUTE

export interface PlayOptions {
  readonly seed: number
  /** May be a fraction. */
  readonly days: number
  readonly schedule: readonly Incident[]
  /** Does something to the device, for tests of the soak itself. */
  readonly tamper?: (world: World) => void
  /** The play ends at the first violation of this kind. */
  readonly stopAt?: ViolationKind
  /** Bytes in use after collection. */
  heapUsed?(): number | Promise<number>
  /** So many days are over; told again and again. */
  onProgress?(days: number): void | Promise<void>
}

/** Plays a schedule to a device while the checkers watch it from outside. */
export class Player {
  #options: PlayOptions
  #world: World
  #ledger: Ledger
  #samples: SamplesChecker
  #valve: ValveChecker
  #commands: CommandsChecker
  #recovery: RecoveryChecker
  #heap: HeapChecker
  #wear: WearChecker

  constructor(options: PlayOptions) {
    const { seed, days, schedule, heapUsed, tamper } = options
    this.#options = options
    const seconds = Math.ceil(days * 86_400) + REST / 1_000 + 3_600
    const world = new World({ seed, seconds, isHostile: schedule.some(isHostile) })
    const ledger = new Ledger(world.clock)
    this.#world = world
    this.#ledger = ledger
    this.#samples = new SamplesChecker(world, ledger, seconds)
    this.#valve = new ValveChecker(world, ledger)
    this.#commands = new CommandsChecker(world, ledger)
    this.#recovery = new RecoveryChecker(world, ledger, schedule)
    this.#heap = new HeapChecker(ledger, heapUsed)
    this.#wear = new WearChecker(world, ledger)
    world.checkers = [this.#samples, this.#valve, this.#commands, this.#recovery]
    tamper?.(world)
  }

  async play(): Promise<Outcome> {
    const { clock, twin } = this.#world
    this.#planFrom(0)
    twin.start()
    const end = this.#options.days * DAY
    if (this.#options.heapUsed !== undefined) this.#reconnectAt(Math.min(end, DAY) - HOUR, end)
    for (let day = 1; clock.now() < end && !this.#isOver(); day++) {
      const evening = Math.min(end, day * DAY)
      while (clock.now() < evening && !this.#isOver()) {
        await this.#run(Math.min(STEP, end - clock.now()))
        if (evening - clock.now() < LAST_LOOKS * STEP) await this.#lookAtMemory()
      }
      this.#heap.onEnd()
    }
    for (let left = REST - STEP; left >= 0 && !this.#isOver(); left -= STEP) {
      await this.#run(STEP)
      if (left < LAST_LOOKS * STEP) await this.#lookAtMemory()
    }
    this.#heap.onEnd()
    await this.#recovery.close()
    this.#world.readBroker()
    this.#samples.close()
    this.#heap.close()
    this.#wear.close()
    twin.close()
    return this.#outcome()
  }

  /** Until a connection ends, XS may hold what belonged to the boot before; a board has lost it. */
  #reconnectAt(...moments: number[]): void {
    const { broker, clock } = this.#world
    for (const at of moments) clock.set(() => broker.cut(), at)
  }

  async #lookAtMemory(): Promise<void> {
    const { flash, meter, operator } = this.#world
    const besides = flash.covered.length + this.#samples.byteLength + meter.byteLength + operator.byteLength
    await this.#heap.look(besides)
  }

  async #run(ms: number): Promise<void> {
    await this.#world.clock.run(ms)
    this.#world.readBroker()
    await this.#options.onProgress?.(this.#world.clock.now() / DAY)
  }

  #isOver(): boolean {
    const { stopAt } = this.#options
    return stopAt !== undefined && this.#ledger.violations.some(({ kind }) => kind === stopAt)
  }

  /** Plans one incident after the other, so that the plan takes no more memory at first than at the end. */
  #planFrom(index: number): void {
    const incident = this.#options.schedule[index]
    if (incident === undefined) return
    const { clock } = this.#world
    clock.set(() => {
      this.#begin(incident)
      this.#planFrom(index + 1)
    }, incident.at - clock.now())
  }

  #begin(incident: Incident): void {
    const world = this.#world
    const { part, begin } = eventOf(incident)
    if (part === 'line') world.lineGoodSince = Number.POSITIVE_INFINITY
    for (const checker of world.checkers) checker.onIncident?.(incident)
    const end = begin(world, incident.length)
    world.clock.set(() => {
      end()
      if (part === 'line') world.lineGoodSince = world.clock.now()
      for (const checker of world.checkers) checker.onIncidentEnd?.(incident)
    }, incident.length)
  }

  #outcome(): Outcome {
    const { seed, days, schedule } = this.#options
    const { operator, stranger, boots } = this.#world
    const { meter, radio, takenPerHour, deliveredPerHour } = this.#samples
    const { violations, count } = this.#ledger
    return {
      seed,
      days,
      schedule,
      meters: [meter, radio],
      valve: this.#valve.counts,
      commands: { sent: operator.sent, ...this.#commands.counts },
      hostile: { sent: stranger.sent, ...this.#commands.hostile },
      boots,
      recoveries: this.#recovery.seconds,
      heap: this.#heap.heap,
      takenPerHour,
      deliveredPerHour,
      violations,
      violationCount: count,
    }
  }
}
