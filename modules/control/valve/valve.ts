import type { Reading } from '../../meters/meter.js'
import type { SettingsStore } from '../../storage/settings.js'
import type { Actuator } from './actuator.js'
import { amountText, FLOW_DECIMALS, HEAT_DECIMALS, parseAmount, totalOf } from './amount.js'

export interface ValveOptions {
  readonly settings: SettingsStore
  readonly actuator: Actuator
  /** Limits are litres instead of kWh (FLOW_METER). */
  readonly flow: boolean
  /** Closes when the limit is reached (AUTO_CLOSE). */
  readonly autoClose: boolean
  /** The limit has closed the valve. */
  onAutoClose(): void
}

/** The heating valve with its prepaid limit. Its state and limit outlive power-off and need no network. */
export class Valve {
  #options: ValveOptions
  #decimals: number
  #total: number | undefined

  /** Puts the actuator into the stored state. */
  constructor(options: ValveOptions) {
    this.#options = options
    this.#decimals = options.flow ? FLOW_DECIMALS : HEAT_DECIMALS
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
    return this.#total !== undefined
  }

  /** The limit as a reply has it. */
  get limitText(): string {
    return amountText(this.#options.settings.values.limit, this.#decimals)
  }

  /** What is left up to the limit, negative beyond it. */
  get remainingText(): string {
    return amountText(this.#options.settings.values.limit - (this.#total ?? 0), this.#decimals)
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

  /** Opens up to this total; a text that is no amount changes nothing. */
  openUntil(text: string): void {
    const amount = parseAmount(text, this.#decimals)
    if (amount !== undefined) this.#openTo(amount)
  }

  /** Opens for this much more than the meter's present total, which must be known. */
  openUntilDelta(text: string): void {
    const amount = parseAmount(text, this.#decimals)
    if (amount !== undefined && this.#total !== undefined) this.#openTo(this.#total + amount)
  }

  /** Closes when the meter has reached the limit. */
  onReading(reading: Reading): void {
    const total = totalOf(reading, this.#options.flow)
    if (total === undefined) return
    this.#total = total
    if (!this.isOpen || !this.#isReached(this.#options.settings.values.limit)) return
    // The limit holds even when flash takes nothing any more.
    this.#options.settings.updateLater({ valveOpen: false })
    this.#options.actuator.set(false)
    this.#options.onAutoClose()
  }

  /** A limit that is reached already leaves the valve closed, or closes it. */
  #openTo(limit: number): void {
    this.#change({ limit, valveOpen: !this.#isReached(limit) })
  }

  #isReached(limit: number): boolean {
    return this.#options.autoClose && this.#total !== undefined && this.#total >= limit
  }

  /** The valve moves when its new state is stored, or would be if flash took it; it stays as it is when the change is refused. */
  #change(changes: { readonly limit?: number; readonly valveOpen: boolean }): void {
    const { settings, actuator } = this.#options
    settings.update(changes)
    if (this.isOpen === changes.valveOpen) actuator.set(this.isOpen)
  }
}
