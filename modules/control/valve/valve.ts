import type { Reading } from '../../meters/meter.js'
import type { SettingsStore } from '../../storage/settings.js'
import type { Actuator } from './actuator.js'
import { amountText, FLOW_DECIMALS, HEAT_DECIMALS, parseAmount, totalOf } from './amount.js'

export interface ValveOptions {
  readonly settings: SettingsStore
  readonly actuator: Actuator
  /** Limits are in litres instead of kWh (FLOW_METER). */
  readonly flow: boolean
  /** The valve closes at its limit (AUTO_CLOSE). */
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

  /** The limit as the text of a reply. */
  get limitText(): string {
    return amountText(this.#options.settings.values.limit, this.#decimals)
  }

  /** The amount that is left up to the limit, negative beyond it. */
  get remainingText(): string {
    return amountText(this.#options.settings.values.limit - (this.#total ?? 0), this.#decimals)
  }

  open(): void {
    this.#set(true)
  }

  close(): void {
    this.#set(false)
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
    if (amount !== undefined && this.#total !== undefined) this.#openTo(this.#total + amount)
  }

  /** Takes the meter's total, and closes the valve when the total has reached the limit. */
  onReading(reading: Reading): void {
    const total = totalOf(reading, this.#options.flow)
    if (total === undefined) return
    this.#total = total
    if (!this.isOpen || !this.#isReached(this.#options.settings.values.limit)) return
    this.close()
    this.#options.onAutoClose()
  }

  /** Opens the valve, or closes it when the total has already reached the limit. */
  #openTo(limit: number): void {
    const open = !this.#isReached(limit)
    this.#options.actuator.set(open)
    this.#options.settings.update({ limit, valveOpen: open })
  }

  #isReached(limit: number): boolean {
    return this.#options.autoClose && this.#total !== undefined && this.#total >= limit
  }

  #set(open: boolean): void {
    this.#options.actuator.set(open)
    if (open !== this.isOpen) this.#options.settings.updateLater({ valveOpen: open })
  }
}
