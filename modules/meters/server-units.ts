import { digitsText } from '../codec/decimal.js'
import type { Quantities, Quantity, QuantityName, Reading } from './meter.js'

/** 1 of a unit is factor x 10^exponent of the other. */
interface Conversion {
  readonly unit: string
  readonly factor: number
  readonly exponent: number
}

/** The quantities that meters tell in several units. */
const CONVERTED: readonly QuantityName[] = Object.freeze(['flow1', 'effect1', 'v1', 'e1'] as const)

/**
 * The reading in units whose numbers the server takes for what they are. The conversion is exact; a unit that the server
 * knows, or that nobody knows, stays.
 */
export function inServerUnits(reading: Reading): Reading {
  let quantities: Quantities | undefined
  // An index takes no memory, where a list of keys and an iterator would.
  for (let i = 0; i < CONVERTED.length; i++) {
    const name = CONVERTED[i]!
    const quantity = reading.quantities[name]
    const conversion = quantity && conversionOf(quantity.unit)
    if (conversion === undefined) continue
    quantities ??= { ...reading.quantities }
    quantities[name] = converted(quantity!.value, conversion)
  }
  return quantities === undefined ? reading : { serial: reading.serial, quantities }
}

/** The server takes energy as kWh unless it is in MWh or GJ, and everything else as kW, l/h and m3. */
function conversionOf(unit: string): Conversion | undefined {
  switch (unit) {
    case 'Wh':
      return { unit: 'kWh', factor: 1, exponent: -3 }
    case 'Gcal':
      return { unit: 'kWh', factor: 1163, exponent: 0 }
    case 'W':
      return { unit: 'kW', factor: 1, exponent: -3 }
    case 'MW':
      return { unit: 'kW', factor: 1, exponent: 3 }
    case 'm3/h':
      return { unit: 'l/h', factor: 1, exponent: 3 }
    case 'l':
      return { unit: 'm3', factor: 1, exponent: -3 }
    default:
      return undefined
  }
}

function converted(value: string, { unit, factor, exponent }: Conversion): Quantity {
  const negative = value.startsWith('-')
  const [whole = '', decimals = ''] = (negative ? value.slice(1) : value).split('.')
  return { value: digitsText(negative, times(whole + decimals, factor), exponent - decimals.length), unit }
}

/** The product without leading zeros. A number would not hold all digits that a meter may send. */
function times(digits: string, factor: number): string {
  let product = ''
  let carry = 0
  for (let i = digits.length; i-- > 0; ) {
    carry += Number(digits[i]) * factor
    product = (carry % 10) + product
    carry = Math.floor(carry / 10)
  }
  product = carry + product
  let zeros = 0
  while (zeros < product.length - 1 && product[zeros] === '0') zeros++
  return product.slice(zeros)
}
