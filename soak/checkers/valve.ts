import type { Ledger } from '../ledger.js'
import { eventOf, type Incident } from '../schedule.js'
import type { World } from '../world.js'
import type { Arrival, Checker, Reading } from './checker.js'

/** A change waits at most this long before it is stored, in ms. */
const STORED_AFTER = 2_100

/** The valve moves by a command, at its limit or as power comes back, and for no other reason. */
export class ValveChecker implements Checker {
  readonly counts = { commands: 0, changes: 0, byLimit: 0, byPowerOn: 0, unexplained: 0 }
  #world: World
  #ledger: Ledger
  /** Whether the valve has to be open. */
  #isOpen = false
  #changedAt = 0
  /** Whether the device had stored that when power went. */
  #isStored = true
  /** When flash last began to fail. */
  #flashFailedAt = 0
  /** kWh, as the device has it in its settings. */
  #limit = 0
  /** kWh of the last reading since the boot. */
  #known: number | undefined
  /** Packets that have arrived and may not have been done yet. */
  #arriving = 0
  /** The states of the valve since the first of them arrived. */
  #levels: boolean[] = []

  constructor(world: World, ledger: Ledger) {
    this.#world = world
    this.#ledger = ledger
  }

  onIncident(incident: Incident): void {
    if (eventOf(incident).part === 'flash') this.#flashFailedAt = this.#world.clock.now()
  }

  onPowerCut(): void {
    const { clock, isStorageBehind } = this.#world
    const storedAt = this.#changedAt + STORED_AFTER
    this.#isStored = clock.now() > storedAt && (!isStorageBehind || storedAt < this.#flashFailedAt)
  }

  onRestart(): void {
    const { isStorageBehind } = this.#world
    this.#isStored = !isStorageBehind || this.#changedAt + STORED_AFTER < this.#flashFailedAt
  }

  /** The firmware puts the valve where it was before it does anything else. */
  onBoot(): void {
    this.#known = undefined
    void Promise.resolve().then(() => this.#afterBoot())
  }

  onReading({ energy, start, isTrue }: Reading): void {
    if (!isTrue) return
    this.#known = energy
    if (this.#isOpen && this.#changedAt < start && energy >= this.#limit)
      this.#violate(`open at ${energy} kWh beyond its limit of ${this.#limit}`)
  }

  beforeArrival(): void {
    if (this.#arriving++ === 0) this.#levels = [this.#world.isOpen]
  }

  afterArrival(arrival: Arrival | undefined): void {
    this.#arriving--
    if (arrival === undefined) return
    if (arrival.isOwn && arrival.isDone) this.#judge(arrival)
    if (this.#arriving > 0 || this.#levels.length === 1) return
    const { isOpen } = this.#world
    if (isOpen !== this.#isOpen) this.#violate(`${isOpen ? 'open' : 'closed'} after ${arrival.name}`)
  }

  onValve(isOpen: boolean): void {
    const { boots, bootedAt, clock, energy } = this.#world
    if (boots > 1 && clock.now() === bootedAt) return
    this.counts.changes++
    // Once the device has done the packet, `#judge` knows the reason.
    if (this.#arriving > 0) return void this.#levels.push(isOpen)
    if (!isOpen && this.#isOpen && energy >= this.#limit) {
      this.counts.byLimit++
      this.#enter(false)
      return
    }
    this.counts.unexplained++
    this.#violate(`${isOpen ? 'opened' : 'closed'} by itself at ${energy} kWh`)
  }

  #afterBoot(): void {
    const { isOpen } = this.#world
    const isRight = isOpen === this.#isOpen
    if (!isRight) {
      this.counts.byPowerOn++
      if (this.#isStored) this.#violate(`${isOpen ? 'open' : 'closed'} after power-on`)
    }
    // Where flash had failed, an older limit may be in force again.
    if (!this.#isStored) this.#limit = this.#world.twin.settings.limit
    this.#isOpen = isOpen
    this.#isStored = true
  }

  /** Whether a command has had the effect that it should. */
  #judge({ name, topic, payload }: Arrival): void {
    const { storage, isOpen, twin } = this.#world
    if (storage.state !== 'good') {
      // The device does nothing that flash does not take: it says so and leaves the valve as it is.
      this.#limit = twin.settings.limit
      this.#enter(isOpen)
      return
    }
    if (name === 'open' || name === 'close') this.#expect(name === 'open', name)
    else if (name.startsWith('open_until')) {
      const { device, twin, energy } = this.#world
      const opened = device.envelope.open(topic, payload, Number.POSITIVE_INFINITY)
      const { hasTotal } = twin.firmware.valve
      const isDelta = name === 'open_until_delta'
      if (!opened.ok || (isDelta && !hasTotal)) return
      // On a line with noise nobody but the device knows which of the meter's answers it has understood.
      const amount = Number(opened.value)
      const { limit } = twin.settings
      const [least, most] = isDelta ? [amount + (this.#known ?? 0), amount + energy] : [amount, amount]
      if (limit < least || limit > most) this.#violate(`limit ${limit} after ${name} ${amount}`)
      this.#limit = limit
      this.#expect(isDelta || !hasTotal || amount > energy, `${name} ${amount} at ${energy} kWh`)
    }
  }

  /** The device has done a command: since its arrival the valve has to have been as the command says. */
  #expect(open: boolean, command: string): void {
    this.counts.commands++
    this.#enter(open)
    if (!this.#levels.includes(open)) this.#violate(`not moved by ${command}`)
  }

  #enter(open: boolean): void {
    this.#isOpen = open
    this.#changedAt = this.#world.clock.now()
  }

  #violate(text: string): void {
    this.#ledger.violate('valve', text)
  }
}
