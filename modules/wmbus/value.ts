import { decimalText } from '../codec/decimal.js'
import { toHex } from '../codec/hex.js'
import { type Quantity, type Scale, scaleOf } from './quantities.js'
import type { RecordCursor } from './record-cursor.js'

/** A record whose value is read: what a cursor is at. */
export type ValueRecord = Pick<RecordCursor, 'bytes' | 'value' | 'size' | 'coding' | 'vif'>

/** The exact number (negative ? -1 : 1) x mantissa x 10^exponent. The mantissa is below 2^53. */
export interface Decimal {
  readonly negative: boolean
  readonly mantissa: number
  readonly exponent: number
}

/** A number, the text of a date or identification, or raw bytes in hexadecimal. */
export type Value = Decimal | string

const FLOAT = 5
const FIRST_BCD = 9
const VARIABLE = 13

const TEMPERATURES: readonly (Quantity | undefined)[] = Object.freeze([
  'flow-temperature',
  'return-temperature',
  'temperature-difference',
  'external-temperature',
] as const)
/** Decimals of a value whose unit does not convert exactly: 1 MJ is 5/18 kWh. */
const CONVERTED_DIGITS = 6

/**
 * Returns the value of the record that the cursor is at; undefined where the meter says that it has none. Numbers
 * beyond 2^53 and codings other than integers stay raw, in hexadecimal.
 */
export function recordValue(cursor: ValueRecord): Value | undefined {
  const { size, coding } = cursor
  const scale = scaleOf(cursor.vif)
  const quantity = scale?.quantity
  if (size === 0) return undefined
  if (quantity === 'date' && size === 2) return dateText(uint(cursor, 0, 2))
  if (quantity === 'datetime' && size === 4) return dateTimeText(cursor)
  if (quantity === 'enhanced-id') return reversedHex(cursor)
  if (coding === FLOAT || coding === VARIABLE) return rawText(cursor)
  if (isUnmeasured(cursor, quantity)) return undefined
  const number = coding >= FIRST_BCD ? bcd(cursor) : quantity === 'state' ? bitsOf(cursor) : int(cursor)
  if (number === undefined) return rawText(cursor)
  return (scale === undefined ? decimal(number, 0) : scaled(number, cursor.vif, scale)) ?? rawText(cursor)
}

/** Returns the exact decimal digits of a number, and a text as it is. */
export function valueText(value: Value): string {
  return typeof value === 'string' ? value : decimalText(value.negative, value.mantissa, value.exponent)
}

/** Returns the value as an unsigned integer. */
export function bitsOf(cursor: ValueRecord): number {
  return uint(cursor, 0, Math.min(cursor.size, 6))
}

/** Returns the bytes of the value in the order in which they were sent. */
export function rawText({ bytes, value, size }: ValueRecord): string {
  return toHex(bytes, value, value + size).toUpperCase()
}

function reversedHex({ bytes, value, size }: ValueRecord): string {
  return toHex(bytes.slice(value, value + size).reverse()).toUpperCase()
}

/** Returns whether the number means "none": the most negative, and for a temperature of one byte 127 and -127. */
function isUnmeasured(cursor: ValueRecord, quantity: Quantity | undefined): boolean {
  if (quantity === undefined || quantity === 'state' || cursor.coding >= FIRST_BCD) return false
  const bits = bitsOf(cursor)
  if (bits === 2 ** (8 * cursor.size - 1)) return true
  return cursor.size === 1 && (bits === 0x7f || bits === 0x81) && TEMPERATURES.includes(quantity)
}

function uint({ bytes, value }: ValueRecord, from: number, size: number): number {
  let number = 0
  for (let i = from + size - 1; i >= from; i--) number = number * 256 + bytes[value + i]!
  return number
}

/** Reads two's complement; undefined beyond 2^53. */
function int({ bytes, value, size }: ValueRecord): number | undefined {
  const isNegative = bytes[value + size - 1]! >= 0x80
  const flip = isNegative ? 0xff : 0
  let number = 0
  for (let i = size - 1; i >= 0; i--) number = number * 256 + (bytes[value + i]! ^ flip)
  if (!Number.isSafeInteger(number)) return undefined
  return isNegative ? -number - 1 : number
}

/** Reads packed decimal digits with F as the top digit for a minus; undefined where another digit is no digit. */
function bcd({ bytes, value, size }: ValueRecord): number | undefined {
  let number = 0
  let isNegative = false
  for (let i = size - 1; i >= 0; i--) {
    let high = bytes[value + i]! >> 4
    const low = bytes[value + i]! & 15
    if (i === size - 1 && high === 15) {
      isNegative = true
      high = 0
    }
    if (high > 9 || low > 9) return undefined
    number = number * 100 + high * 10 + low
  }
  return isNegative ? -number : number
}

function decimal(number: number, exponent: number): Decimal | undefined {
  return Number.isSafeInteger(number) ? { negative: number < 0, mantissa: Math.abs(number), exponent } : undefined
}

function scaled(number: number, vif: number, { first, exponent, times = 1, per = 1 }: Scale): Decimal | undefined {
  if (per === 1) return decimal(number * times, exponent + vif - first)
  const factor = times * 10 ** (vif - first)
  const magnitude = Math.abs(number)
  // magnitude x factor / per in parts that stay below 2^53
  const rest = (magnitude % per) * factor
  const whole = Math.floor(magnitude / per) * factor + Math.floor(rest / per)
  const unit = 10 ** CONVERTED_DIGITS
  const digits = Math.floor(((rest % per) * unit * 2 + per) / (2 * per))
  const isWhole = rest % per === 0
  const mantissa = isWhole ? whole : whole * unit + digits
  return decimal(number < 0 ? -mantissa : mantissa, isWhole ? 0 : -CONVERTED_DIGITS)
}

/** Reads a date of type G: day, month and the year in two parts. */
function dateText(bits: number): string | undefined {
  const day = bits & 31
  const month = (bits >> 8) & 15
  if (day === 0 || month === 0 || month > 12) return undefined
  return `${2000 + (((bits >> 5) & 7) | ((bits >> 9) & 0x78))}-${twoDigits(month)}-${twoDigits(day)}`
}

/** Reads date and time of type F. Bit 7 of the first byte says that they are not valid. */
function dateTimeText(cursor: ValueRecord): string | undefined {
  const minute = cursor.bytes[cursor.value]!
  const hour = cursor.bytes[cursor.value + 1]! & 31
  const date = dateText(uint(cursor, 2, 2))
  if (date === undefined || minute & 0x80 || (minute & 63) > 59 || hour > 23) return undefined
  return `${date} ${twoDigits(hour)}:${twoDigits(minute & 63)}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
