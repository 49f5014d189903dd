import { amountText } from '../codec/decimal.js'
import { type Result, success } from '../codec/result.js'
import type { Meter, Quantities, Reading } from '../meters/meter.js'
import type { MeterCount } from '../meters/source.js'
import type { Clock } from '../ports/clock.js'
import type { ImpulseCounter } from './counter.js'

export interface ImpulseMeterOptions {
  readonly clock: Clock
  readonly counter: ImpulseCounter
  /** The settings of this moment. */
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

/** A meter without an impulse for this long has nothing new to tell. */
const RECENT = 60_000
const DEFAULT_IMPULSES_PER_UNIT = 100

/** A meter that gives an impulse for each share of a kWh or m3. Its totals are exact for any number of impulses a unit. */
export class ImpulseMeter implements Meter, MeterCount {
  #options: ImpulseMeterOptions
  /** The count at the last reading, and when its last impulse came. */
  #told: { readonly count: number; readonly at: number } | undefined
  #power: number | undefined

  constructor(options: ImpulseMeterOptions) {
    this.#options = options
  }

  /** Gives a reading when an impulse came in the last minute. */
  read(): Promise<Result<Reading | undefined>> {
    const { counter, clock } = this.#options
    const { lastAt } = counter
    if (lastAt === undefined || clock.now() - lastAt > RECENT) return Promise.resolve(success(undefined))
    this.#updatePower(counter.count, lastAt)
    return Promise.resolve(success({ serial: this.serial, quantities: this.#quantities() }))
  }

  get serial(): string {
    return this.#options.settings().impulseSerial
  }

  get reading(): number {
    return this.#options.settings().impulseStart + this.#counted(this.#impulsesPerUnit)
  }

  get unit(): 'kWh' | 'm3' {
    return this.#options.flow ? 'm3' : 'kWh'
  }

  get perUnit(): number {
    return this.#options.settings().impulsesPerUnit
  }

  startFor(reading: number, perUnit: number): number {
    return reading - this.#counted(perUnit)
  }

  save(): void {
    this.#options.counter.save()
  }

  close(): void {
    this.#options.counter.close()
  }

  get #impulsesPerUnit(): number {
    return this.perUnit || DEFAULT_IMPULSES_PER_UNIT
  }

  #counted(perUnit: number): number {
    return Math.floor((this.#options.counter.count * 1000) / perUnit)
  }

  /** Sets the mean power since the last reading, in thousandths of a unit an hour: W or l/h. */
  #updatePower(count: number, at: number): void {
    const told = this.#told
    if (told !== undefined && at > told.at)
      this.#power = Math.floor((((count - told.count) * 3_600_000) / (at - told.at)) * (1000 / this.#impulsesPerUnit))
    this.#told = { count, at }
  }

  #quantities(): Reading['quantities'] {
    const { counter, flow } = this.#options
    const total = this.reading
    const text = amountText(total, 3)
    const result: Quantities = {
      hr: { value: String(Math.floor(counter.operatingTime / 3600)), unit: '' },
    }
    if (flow) result.v1 = { value: text, unit: 'm3' }
    else result.e1 = { value: text, unit: 'kWh' }
    if (this.#power !== undefined) {
      if (flow) result.flow1 = { value: String(this.#power), unit: 'l/h' }
      else result.effect1 = { value: amountText(this.#power, 3), unit: 'kW' }
    }
    return result
  }
}
