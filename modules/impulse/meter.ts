import { decimalText } from '../codec/decimal.js'
import { type Result, success } from '../codec/result.js'
import type { Meter, Quantity, QuantityName, Reading } from '../meters/meter.js'
import type { Clock } from '../ports/clock.js'
import type { ImpulseCounter } from './counter.js'

export interface ImpulseMeterOptions {
  readonly clock: Clock
  readonly counter: ImpulseCounter
  /** Asked at every reading. */
  settings(): ImpulseSettings
  readonly flow: boolean
}

export interface ImpulseSettings {
  readonly impulseSerial: string
  /** Impulses a kWh, or a m3 of a flow meter. */
  readonly impulsesPerUnit: number
  /** What the meter showed when the counter was 0, in Wh or litres. */
  readonly impulseStart: number
}

/** Without an impulse for this long there is nothing new to tell. */
const RECENT = 60_000
const DEFAULT_IMPULSES_PER_UNIT = 100

/** A meter that gives an impulse for each share of a kWh or m3; exact for any number of impulses a unit. */
export class ImpulseMeter implements Meter {
  #options: ImpulseMeterOptions
  /** The impulse up to which power has been told. */
  #told: { readonly count: number; readonly at: number } | undefined
  #power: number | undefined

  constructor(options: ImpulseMeterOptions) {
    this.#options = options
  }

  /** A reading when an impulse came in the last minute. */
  read(): Promise<Result<Reading | undefined>> {
    const { counter, clock } = this.#options
    const { lastAt } = counter
    if (lastAt === undefined || clock.now() - lastAt > RECENT) return Promise.resolve(success(undefined))
    this.#updatePower(counter.count, lastAt)
    return Promise.resolve(success({ serial: this.#options.settings().impulseSerial, quantities: this.#quantities() }))
  }

  /** What the meter shows now, in Wh or litres. */
  get total(): number {
    return this.#options.settings().impulseStart + this.#counted(this.#perUnit)
  }

  /** `impulseStart` with which the meter shows `total` now. */
  startFor(total: number, impulsesPerUnit: number): number {
    return total - this.#counted(impulsesPerUnit)
  }

  save(): void {
    this.#options.counter.save()
  }

  close(): void {
    this.#options.counter.close()
  }

  get #perUnit(): number {
    return this.#options.settings().impulsesPerUnit || DEFAULT_IMPULSES_PER_UNIT
  }

  #counted(perUnit: number): number {
    return Math.floor((this.#options.counter.count * 1000) / perUnit)
  }

  /** Thousandths of a unit an hour, W or l/h, between the last impulse told of and this one. */
  #updatePower(count: number, at: number): void {
    const told = this.#told
    if (told !== undefined && count !== told.count && at > told.at)
      this.#power = Math.floor((((count - told.count) * 3_600_000) / (at - told.at)) * (1000 / this.#perUnit))
    this.#told = { count, at }
  }

  #quantities(): Reading['quantities'] {
    const { counter, flow } = this.#options
    const { total } = this
    const result: { [name in QuantityName]?: Quantity } = {
      hr: { value: String(Math.floor(counter.operatingTime / 3600)), unit: '' },
    }
    if (flow) result.v1 = { value: decimalText(false, total, -3), unit: 'm3' }
    else result.e1 = { value: decimalText(false, total, -3), unit: 'kWh' }
    if (this.#power !== undefined) {
      if (flow) result.flow1 = { value: String(this.#power), unit: 'l/h' }
      else result.effect1 = { value: decimalText(false, this.#power, -3), unit: 'kW' }
    }
    return result
  }
}
