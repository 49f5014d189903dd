import { decimalText } from '../codec/decimal.js'
import type { Quantity, QuantityName, Reading } from '../meters/meter.js'
import type { Telegram } from '../wmbus/telegram.js'
import type { Value } from '../wmbus/value.js'

/** Names of the total volume in the telegrams of water and of heat meters. */
const WATER_TOTAL = 'total_m3'
const HEAT_TOTAL = 'total_volume_m3'

/** A field of a telegram as a quantity of a sample: times 10^shift, with at least so many decimals. */
interface Mapping {
  readonly name: QuantityName
  readonly field: string
  readonly unit: string
  readonly shift: number
  readonly decimals: number
}

/** Of several fields for one quantity, the first that a telegram has (flowiq.md 6). */
const WATER: readonly Mapping[] = Object.freeze([
  mapping('t1', 'flow_temperature_c', 'C', 0, 2),
  mapping('t3', 'avg_external_temperature_c', 'C', 0, 2),
  mapping('t3', 'min_external_temperature_last_month_c', 'C', 0, 2),
  mapping('t3', 'min_external_temperature_last_day_c', 'C', 0, 2),
  mapping('t3', 'max_external_temperature_c', 'C', 0, 2),
  mapping('flow1', 'flow_m3h', 'l/h', 3, 0),
  mapping('v1', WATER_TOTAL, 'm3', 0, 3),
])
const HEAT: readonly Mapping[] = Object.freeze([
  mapping('t1', 't1_temperature_c', 'C', 0, 2),
  mapping('t2', 't2_temperature_c', 'C', 0, 2),
  mapping('tdif', 'flow_return_temperature_difference_c', 'K', 0, 2),
  mapping('flow1', 'volume_flow_m3h', 'l/h', 3, 0),
  mapping('effect1', 'power_kw', 'kW', 0, 1),
  mapping('hr', 'on_time_h', 'h', 0, 0),
  mapping('hr', 'operating_time_h', 'h', 0, 0),
  mapping('v1', HEAT_TOTAL, 'm3', 0, 2),
  mapping('e1', 'total_energy_consumption_kwh', 'kWh', 0, 0),
])

/** Whether the telegram is that of a meter that tells energy. */
export function isHeatMeter(telegram: Telegram): boolean {
  return telegram.field(HEAT_TOTAL) !== undefined
}

/** Total volume in litres; undefined when the telegram has none. */
export function litresOf(telegram: Telegram): number | undefined {
  const total = telegram.field(WATER_TOTAL) ?? telegram.field(HEAT_TOTAL)
  if (total === undefined || typeof total === 'string') return undefined
  const litres = total.mantissa * 10 ** (total.exponent + 3)
  return total.negative ? -litres : litres
}

/**
 * What a telegram says, in the quantities of a sample.
 * @param flow l/h, for a meter that does not tell its flow
 */
export function readingOf(telegram: Telegram, flow: number | undefined): Reading {
  const quantities: { [name in QuantityName]?: Quantity } = {}
  for (const { name, field, unit, shift, decimals } of isHeatMeter(telegram) ? HEAT : WATER) {
    if (quantities[name] !== undefined) continue
    const value = telegram.field(field)
    const text = value === undefined ? undefined : textOf(value, shift, decimals)
    if (text !== undefined) quantities[name] = { value: text, unit }
  }
  if (quantities.flow1 === undefined && flow !== undefined) quantities.flow1 = { value: String(flow), unit: 'l/h' }
  addDifference(telegram, quantities)
  return { serial: telegram.id, quantities }
}

/** The temperature difference of a meter that tells only both temperatures. */
function addDifference(telegram: Telegram, quantities: { [name in QuantityName]?: Quantity }): void {
  if (quantities.tdif !== undefined) return
  const hot = hundredths(telegram.field('t1_temperature_c'))
  const cold = hundredths(telegram.field('t2_temperature_c'))
  if (hot === undefined || cold === undefined) return
  const difference = hot - cold
  quantities.tdif = { value: decimalText(difference < 0, Math.abs(difference), -2), unit: 'K' }
}

function hundredths(value: Value | undefined): number | undefined {
  if (value === undefined || typeof value === 'string' || value.exponent < -2) return undefined
  const magnitude = value.mantissa * 10 ** (value.exponent + 2)
  return value.negative ? -magnitude : magnitude
}

function textOf(value: Value, shift: number, decimals: number): string | undefined {
  if (typeof value === 'string') return undefined
  const { negative, mantissa } = value
  const exponent = value.exponent + shift
  const missing = exponent + decimals
  return missing > 0
    ? decimalText(negative, mantissa * 10 ** missing, -decimals)
    : decimalText(negative, mantissa, exponent)
}

function mapping(name: QuantityName, field: string, unit: string, shift: number, decimals: number): Mapping {
  return Object.freeze({ name, field, unit, shift, decimals })
}
