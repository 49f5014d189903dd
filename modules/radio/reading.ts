import { decimalText } from '../codec/decimal.js'
import { HEAT_METER_QUANTITIES } from '../meters/driver.js'
import type { Quantities, Quantity, QuantityName, Reading } from '../meters/meter.js'
import { quantitiesText } from '../meters/sample-text.js'
import type { Telegram } from '../wmbus/telegram.js'
import { bitsOf, type Decimal, recordValue, type Value, type ValueRecord } from '../wmbus/value.js'
import type { Field, RadioDriver, SampleRow } from './driver.js'
import { stateText } from './state-text.js'
import { withTransportStatus } from './transport-status.js'

/** How a quantity stands in a sample: its field times 10^shift, with at least so many decimals. */
interface Form {
  readonly unit: string
  readonly shift: number
  readonly decimals: number
}

const FORMS: Readonly<Partial<Record<QuantityName, Form>>> = Object.freeze({
  t1: form('C', 0, 2),
  t2: form('C', 0, 2),
  t3: form('C', 0, 2),
  tdif: form('K', 0, 2),
  flow1: form('l/h', 3, 0),
  effect1: form('kW', 0, 1),
  hr: form('h', 0, 0),
  v1: form('m3', 0, 2),
  e1: form('kWh', 0, 0),
})

/** The field to which the status byte of the transport layer is added. */
const STATUS = 'status'

/** From m3 to litres and from kWh to Wh. */
const TOTAL_SHIFT = 3

/** The value of one field; undefined where the telegram has none. */
export function fieldValue(field: Field, telegram: Telegram): Value | undefined {
  const cursor = telegram.find(field)
  return cursor === undefined ? undefined : valueAt(field, cursor, telegram)
}

/** The value of a field whose record was found; undefined where the meter says that it has none. */
export function valueAt(field: Field, record: ValueRecord, telegram: Telegram): Value | undefined {
  if (field.state !== undefined) {
    const text = stateText(bitsOf(record), field.state)
    return field.name === STATUS ? withTransportStatus(text, telegram.transportStatus) : text
  }
  return field.none !== undefined && bitsOf(record) === field.none ? undefined : recordValue(record)
}

/** The value of the field of this name; undefined where the telegram has none. */
export function fieldOf({ fields }: RadioDriver, telegram: Telegram, name: string): Value | undefined {
  for (const field of fields) {
    const value = field.name === name ? fieldValue(field, telegram) : undefined
    if (value !== undefined) return value
  }
  // A telegram without a record of the meter's status may still have a status byte.
  return name === STATUS && telegram.result === 'ok'
    ? withTransportStatus('', telegram.transportStatus) || undefined
    : undefined
}

/** The meter's total in litres or Wh; undefined when the telegram has none. */
export function totalOf(driver: RadioDriver, telegram: Telegram): number | undefined {
  const total = driver.total && fieldOf(driver, telegram, driver.total.field)
  if (total === undefined || typeof total === 'string') return undefined
  const magnitude = total.mantissa * 10 ** (total.exponent + TOTAL_SHIFT)
  return total.negative ? -magnitude : magnitude
}

/**
 * A telegram in the quantities of a sample.
 * @param flow l/h, for a meter that does not tell its flow
 */
export function readingOf(driver: RadioDriver, telegram: Telegram, flow: number | undefined): Reading {
  const quantities: Quantities = {}
  for (const row of driver.sample) {
    if (quantities[row.quantity] !== undefined) continue
    const value = quantityOf(row, driver, telegram)
    if (value !== undefined) quantities[row.quantity] = value
  }
  if (quantities.flow1 === undefined && flow !== undefined) quantities.flow1 = { value: String(flow), unit: 'l/h' }
  return { serial: telegram.id, quantities }
}

/** The text of `meter_info`: `key=right&status=DRY&dry=4-7 days&`. */
export function infoOf(driver: RadioDriver, telegram: Telegram, key: string): string {
  let text = `key=${key}&`
  let hasStatus = false
  for (const [name, field] of driver.info) {
    hasStatus ||= field === STATUS
    const value = fieldOf(driver, telegram, field)
    if (typeof value === 'string' && value !== '') text += `${name}=${value}&`
  }
  const status = hasStatus ? undefined : fieldOf(driver, telegram, STATUS)
  return status === undefined ? text : `${text}status=${status}&`
}

/** The quantities of a reading as they stand in a sample: `t1=33.00 C&v1=8.915 m3&`. */
export function readingText(reading: Reading): string {
  return quantitiesText(reading, HEAT_METER_QUANTITIES.heat)
}

function quantityOf(row: SampleRow, driver: RadioDriver, telegram: Telegram): Quantity | undefined {
  const { unit, shift, decimals } = FORMS[row.quantity]!
  const value = fieldOf(driver, telegram, row.field)
  const number =
    row.minus === undefined || value === undefined ? value : difference(value, fieldOf(driver, telegram, row.minus))
  if (number === undefined || typeof number === 'string') return undefined
  return { value: textOf(number, shift, row.decimals ?? decimals), unit }
}

/** The difference of two numbers of at most two decimals. */
function difference(from: Value, value: Value | undefined): Decimal | undefined {
  const minuend = hundredths(from)
  const subtrahend = hundredths(value)
  if (minuend === undefined || subtrahend === undefined) return undefined
  const number = minuend - subtrahend
  return { negative: number < 0, mantissa: Math.abs(number), exponent: -2 }
}

function hundredths(value: Value | undefined): number | undefined {
  if (value === undefined || typeof value === 'string' || value.exponent < -2) return undefined
  const magnitude = value.mantissa * 10 ** (value.exponent + 2)
  return value.negative ? -magnitude : magnitude
}

function textOf({ negative, mantissa, exponent }: Decimal, shift: number, decimals: number): string {
  const missing = exponent + shift + decimals
  return missing > 0
    ? decimalText(negative, mantissa * 10 ** missing, -decimals)
    : decimalText(negative, mantissa, exponent + shift)
}

function form(unit: string, shift: number, decimals: number): Form {
  return Object.freeze({ unit, shift, decimals })
}
