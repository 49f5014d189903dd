import { COMMAND_NAMES, parameterOf } from '../../tools/commands.js'
import type { Item, Order, Report } from './protocol.js'
import { World } from './world.js'

/** Where the world is run. */
export interface RunnerHost {
  /** ms, real ones. */
  now(): number
  /** Calls `turn` once, in so many ms. */
  later(turn: () => void, ms: number): void
  post(report: Report): void
  /** 16 bytes that nobody else has. */
  newKey(): Uint8Array
}

/** ms between two turns: a frame of the page. */
const FRAME = 16
/** ms of work in one turn. */
const SLICE = 10
/** The same while time is passed over. */
const LONG_SLICE = 40
/** ms of real time that a turn catches up with at most, after the computer had something else to do. */
const MOST_BEHIND = 100
/** Items that wait for the page before the world waits, too. */
const MOST_ITEMS = 2_000
/** ms of device time at once, between two looks at how much the page has to show. */
const STEP = 60_000
/** A page of the portal takes no longer, in device ms, also while time stands still. */
const ANSWER_TIME = 200
/** ms over which the pace is measured. */
const PACE_SPAN = 1_000

/** Runs a world in the time of the page, and reports to it once a frame. */
export class Runner {
  #host: RunnerHost
  #world: World | undefined
  #items: Item[] = []
  #speed = 1
  #isPaused = true
  /** Device time up to which time is passed over. A sum of what is left would keep what rounding leaves, for ever. */
  #passUntil = 0
  #last: number
  /** Whether the page has shown what was reported. */
  #isShown = true
  #isDirty = false
  #pace: number | undefined
  #measured = { real: 0, device: 0 }

  constructor(host: RunnerHost) {
    this.#host = host
    this.#last = host.now()
    host.post({ is: 'ready', commands: COMMAND_NAMES.map((name) => ({ name, takes: parameterOf(name) ?? '' })) })
    void this.#turn()
  }

  order(order: Order): void {
    const world = this.#world
    this.#isDirty = true
    switch (order.do) {
      case 'start':
        world?.close()
        this.#items = []
        this.#passUntil = 0
        this.#world = new World({
          scenario: order.scenario,
          key: this.#host.newKey(),
          unix: order.unix,
          onItem: (item) => this.#items.push(item),
        })
        this.#measure(0)
        return
      case 'pace':
        this.#speed = order.speed
        this.#isPaused = order.isPaused
        this.#pace = undefined
        this.#measure(world?.clock.now() ?? 0)
        return
      case 'pass':
        this.#passUntil = Math.max(this.#passUntil, world?.clock.now() ?? 0) + order.ms
        return
      case 'shown':
        this.#isShown = true
        return
      case 'fault':
        return world?.setFault(order.name, order.isOn)
      case 'plug':
        return world?.setPlug(order.isIn)
      case 'command':
        return this.#host.post({ is: 'command', line: order.line, problem: world?.command(order.line) ?? '' })
      case 'phone':
        return world?.setPhone(order.joins)
      case 'request': {
        const { id } = order
        world?.phone.ask(order.request, (response) => this.#host.post({ is: 'response', id, response }))
      }
    }
  }

  async #turn(): Promise<void> {
    const host = this.#host
    const now = host.now()
    const elapsed = Math.min(now - this.#last, MOST_BEHIND)
    this.#last = now
    const world = this.#world
    try {
      if (world !== undefined) await this.#go(world, elapsed, now)
    } catch (error) {
      // A firmware that throws would restart a board; here somebody should see it.
      this.#world = undefined
      host.post({ is: 'failed', text: String(error) })
    }
    host.later(() => void this.#turn(), FRAME)
  }

  async #go(world: World, elapsed: number, now: number): Promise<void> {
    const before = world.clock.now()
    await this.#run(world, elapsed, now)
    if (world === this.#world && (this.#isDirty || world.clock.now() !== before)) this.#report(world)
  }

  async #run(world: World, elapsed: number, now: number): Promise<void> {
    const { clock } = world
    const isPassing = this.#passUntil > clock.now()
    const end = now + (isPassing ? LONG_SLICE : SLICE)
    const until = () => this.#host.now() >= end
    // Somebody sits before the set-up pages.
    const speed = world.hasPhone ? 1 : this.#speed
    const goal = isPassing ? this.#passUntil : clock.now() + (this.#isPaused ? 0 : elapsed * speed)
    while (clock.now() < goal && !until() && this.#items.length < MOST_ITEMS)
      await world.run(Math.min(goal - clock.now(), STEP), until)
    if (world.phone.isWaiting && this.#isPaused) await world.run(ANSWER_TIME, () => !world.phone.isWaiting || until())
  }

  #report(world: World): void {
    if (!this.#isShown) return
    this.#isShown = false
    this.#isDirty = false
    const now = world.clock.now()
    const span = this.#host.now() - this.#measured.real
    if (span >= PACE_SPAN) {
      this.#pace = (now - this.#measured.device) / span
      this.#measure(now)
    }
    this.#host.post({
      is: 'batch',
      state: world.state(this.#pace, Math.max(0, this.#passUntil - now)),
      items: this.#items,
    })
    this.#items = []
  }

  #measure(device: number): void {
    this.#measured = { real: this.#host.now(), device }
  }
}
