import { amountText } from '../../codec/decimal.js'
import type { Reading } from '../../meters/meter.js'
import type { SettingsStore } from '../../storage/settings-store.js'
import type { Actuator } from './actuator.js'
import { FLOW_DECIMALS, HEAT_DECIMALS, parseAmount, totalOf } from './amount.js'
import { BelievedTotal, FLOW_PACE, HEAT_PACE, type Pace } from './total.js'

export interface ValveOptions {
  readonly settings: SettingsStore
  readonly actuator: Actuator
  /** Limits are in litres instead of kWh (FLOW_METER). */
  readonly flow: boolean
  /** The valve closes at its limit (AUTO_CLOSE). */
  readonly autoClose: boolean
}

/** What the valve tells. An object, because closures would take more RAM. */
export interface ValveHost {
  /** The limit has closed the valve. */
  onAutoClose(): void
  /** The meter was exchanged or counts anew: the limit was moved, so that what was left before is left now. */
  onLimitMoved(): void
  /** The readings have no total to compare with the limit, for this reason. The valve stays as it is. */
  onNoTotal(reason: string): void
}

/** Time between two writes of the total, in ms: 4 a day. */
const STORE_EVERY = 21_600_000
/** The first total since power-on is written where it has risen by this part of `Pace.once`: 50 kWh or 5 m3. */
const FAR = 10
/** The valve tells of a missing total after this many readings in a row. */
const WITHOUT_TOTAL = 3

/** The heating valve with its prepaid limit. Its state and limit outlive power-off and need no network. */
export class Valve {
  #options: ValveOptions
  #host: ValveHost
  #decimals: number
  #pace: Pace
  #total: BelievedTotal
  #storedAt: number | undefined
  #without = 0

  /** Puts the actuator into the stored state. */
  constructor(options: ValveOptions, host: ValveHost) {
    this.#options = options
    this.#host = host
    this.#decimals = options.flow ? FLOW_DECIMALS : HEAT_DECIMALS
    this.#pace = options.flow ? FLOW_PACE : HEAT_PACE
    this.#total = new BelievedTotal(this.#pace)
    options.actuator.set(this.isOpen)
  }

  get isOpen(): boolean {
    return this.#options.settings.values.valveOpen
  }

  get status(): 'open' | 'close' {
    return this.isOpen ? 'open' : 'close'
  }

  /** Whether the meter has told its total since power-on. */
  get hasTotal(): boolean {
    return this.#total.value !== undefined
  }

  /** The limit as the text of a reply. */
  get limitText(): string {
    return amountText(this.#options.settings.values.limit, this.#decimals)
  }

  /** The amount that is left up to the limit, negative beyond it. */
  get remainingText(): string {
    return amountText(this.#options.settings.values.limit - (this.#total.value ?? 0), this.#decimals)
  }

  open(): void {
    this.#change({ valveOpen: true })
  }

  close(): void {
    this.#change({ valveOpen: false })
  }

  off(): void {
    this.#options.actuator.off()
  }

  test(): void {
    this.#options.actuator.test()
  }

  /** Opens the valve up to this total. A text that is no amount changes nothing. */
  openUntil(text: string): void {
    const amount = parseAmount(text, this.#decimals)
    if (amount !== undefined) this.#openTo(amount)
  }

  /** Opens the valve for this much more than the meter's present total. Without a total it changes nothing. */
  openUntilDelta(text: string): void {
    const amount = parseAmount(text, this.#decimals)
    const total = this.#total.value
    if (amount !== undefined && total !== undefined) this.#openTo(total + amount)
  }

  /**
   * Takes the meter's total, and closes the valve when the total has reached the limit.
   * @param at when the reading was complete, in ms of the monotonic clock
   */
  onReading(reading: Reading, at: number): void {
    const total = totalOf(reading, this.#options.flow)
    if (!total.ok) {
      if (++this.#without === WITHOUT_TOTAL) this.#host.onNoTotal(total.error)
      return
    }
    this.#without = 0
    const { settings } = this.#options
    const known = settings.values.total < 0 ? undefined : settings.values.total
    const before = this.#total.value ?? known
    if (!this.#total.take(total.value, at, known)) return
    this.#store(total.value, reading.serial, at, before)
    if (!this.isOpen || !this.#isReached(settings.values.limit)) return
    // The limit holds even when flash takes nothing any more.
    settings.updateLater({ valveOpen: false })
    this.#options.actuator.set(false)
    this.#host.onAutoClose()
  }

  /**
   * Remembers the total, and carries over to a meter that was exchanged or counts anew what was left of the limit.
   * @param before the total that was believed before this one
   */
  #store(total: number, totalSerial: string, at: number, before: number | undefined): void {
    const { settings } = this.#options
    const stored = settings.values
    const isAnother = before !== undefined && (totalSerial !== stored.totalSerial || total < before)
    // Where the power goes more often than the total is written, it would never be.
    const isFar = this.#storedAt === undefined && total - stored.total > this.#pace.once / FAR
    this.#storedAt ??= at
    if (!isAnother && before !== undefined && !isFar && at - this.#storedAt < STORE_EVERY) return
    this.#storedAt = at
    const hasLimit = stored.limit > 0
    const limit = isAnother && hasLimit ? Math.max(0, stored.limit - before + total) : stored.limit
    settings.updateSlowly({ total, totalSerial, limit })
    if (limit !== stored.limit) this.#host.onLimitMoved()
  }

  /** Opens the valve, or closes it when the total has already reached the limit. */
  #openTo(limit: number): void {
    this.#change({ limit, valveOpen: !this.#isReached(limit) })
  }

  #isReached(limit: number): boolean {
    const total = this.#total.value
    return this.#options.autoClose && total !== undefined && total >= limit
  }

  /** The valve moves when its new state is stored, or would be if flash took it; it stays as it is when the change is refused. */
  #change(changes: { readonly limit?: number; readonly valveOpen: boolean }): void {
    const { settings, actuator } = this.#options
    settings.insist(changes)
    if (this.isOpen === changes.valveOpen) actuator.set(this.isOpen)
  }
}
