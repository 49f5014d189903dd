import { hasOnly, isDigits } from '../../codec/characters.js'
import { failure, type Result, success } from '../../codec/result.js'
import type { Reading } from '../../meters/meter.js'

/** Decimals of an amount in its stored integer unit: heat has whole kWh, flow has m3 as whole litres. */
export const HEAT_DECIMALS = 0
export const FLOW_DECIMALS = 3

/** How many kWh or litres a unit has, as a fraction: 1 GJ = 2500/9 kWh. `inServerUnits` has seen to the other units. */
interface Scale {
  readonly factor: number
  readonly divisor: number
}

/** The meter's total in the unit of the limit, rounded down: kWh, litres with `flow`. The error says why there is none. */
export function totalOf(reading: Reading, flow: boolean): Result<number> {
  const name = flow ? 'v1' : 'e1'
  const quantity = reading.quantities[name]
  if (quantity === undefined) return failure(`${name}: missing`)
  const { value, unit } = quantity
  const scale = flow ? volumeScale(unit) : energyScale(unit)
  if (scale === undefined) return failure(`${name}: the unit "${unit}" is not known`)
  const total = scaled(value, scale)
  return total === undefined ? failure(`${name}: ${value} ${unit} cannot be counted`) : success(total)
}

function energyScale(unit: string): Scale | undefined {
  switch (unit) {
    case 'kWh':
      return { factor: 1, divisor: 1 }
    case 'MWh':
      return { factor: 1000, divisor: 1 }
    case 'Gj':
    case 'GJ':
      return { factor: 2500, divisor: 9 }
    default:
      return undefined
  }
}

function volumeScale(unit: string): Scale | undefined {
  return unit === 'm3' ? { factor: 1000, divisor: 1 } : undefined
}

/** The exact whole units of the value; undefined when a number does not fit 53 bits. */
function scaled(value: string, { factor, divisor }: Scale): number | undefined {
  const parts = value.endsWith('.') ? undefined : partsOf(value)
  if (parts === undefined) return undefined
  const { whole, decimals } = parts
  const dividend = Number(whole + decimals) * factor
  const by = divisor * 10 ** decimals.length
  if (!Number.isSafeInteger(dividend) || !Number.isSafeInteger(by)) return undefined
  return (dividend - (dividend % by)) / by
}

/**
 * Parses the amount of an `open_until` payload: a decimal number that is not negative, cut after `decimals`. Gives
 * undefined for anything else.
 */
export function parseAmount(text: string, decimals: number): number | undefined {
  const number = text.trim()
  const parts = partsOf(number.startsWith('+') ? number.slice(1) : number)
  if (parts === undefined) return undefined
  const amount = Number(parts.whole + parts.decimals.slice(0, decimals).padEnd(decimals, '0'))
  return Number.isSafeInteger(amount) ? amount : undefined
}

/** The digits before the point, one at least, and those behind it; undefined for a text that is no number. */
function partsOf(text: string): { readonly whole: string; readonly decimals: string } | undefined {
  const point = text.indexOf('.')
  const whole = point < 0 ? text : text.slice(0, point)
  const decimals = point < 0 ? '' : text.slice(point + 1)
  return isDigits(whole) && hasOnly(decimals, '09') ? { whole, decimals } : undefined
}
