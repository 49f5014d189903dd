import { equal } from 'node:assert/strict'
import { amountText } from '../modules/codec/decimal.js'
import { FLOW_DECIMALS, HEAT_DECIMALS, parseAmount, totalOf } from '../modules/control/valve/amount.js'
import { textOf } from './support/text.js'

const UNITS = [
  ['kWh', 1n, 1n, false],
  ['MWh', 1000n, 1n, false],
  ['Gj', 2500n, 9n, false],
  ['m3', 1000n, 1n, true],
] as const

/** An amount or a total that is taken is exact to the unit. */
export default function amount(bytes: Uint8Array): void {
  const text = textOf(bytes)
  for (const decimals of [HEAT_DECIMALS, FLOW_DECIMALS]) {
    const value = parseAmount(text, decimals)
    if (value === undefined) continue
    const number = text.trim().replace('+', '')
    equal(BigInt(value), exact(number.replace(/\.$/, ''), 10n ** BigInt(decimals), 1n))
    equal(parseAmount(amountText(value, decimals), decimals), value)
  }
  for (const [unit, factor, divisor, flow] of UNITS) {
    const quantity = { value: text, unit }
    const total = totalOf({ serial: '', quantities: flow ? { v1: quantity } : { e1: quantity } }, flow)
    if (total.ok) equal(BigInt(total.value), exact(text, factor, divisor))
  }
}

/** text x factor / divisor, rounded down. */
function exact(text: string, factor: bigint, divisor: bigint): bigint {
  const [whole, decimals = ''] = text.split('.')
  return (BigInt(whole! + decimals) * factor) / (divisor * 10n ** BigInt(decimals.length))
}
