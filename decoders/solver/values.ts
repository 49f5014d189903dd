import { scaleOf } from '../../modules/wmbus/quantities.js'
import { AT_ERROR, type RecordCursor } from '../../modules/wmbus/record-cursor.js'

/** What the values of a record look like. */
export type ValueFamily =
  | 'total'
  | 'rare-total'
  | 'flow'
  | 'hundredths'
  | 'tenths'
  | 'degrees'
  | 'date'
  | 'datetime'
  | 'state'
  | 'raw'

/** Bits for a value that the record cannot have. */
const IMPOSSIBLE = 40
/** ln(2^31) as bits: what log-uniform numbers cost beside their own logarithm. */
const LOG_UNIFORM = 4.4

export function familyOf(cursor: RecordCursor): ValueFamily {
  const { vif, modifier, subunit, tariff } = cursor
  const isRare = modifier !== 0 || subunit !== 0 || tariff !== 0 || cursor.function === AT_ERROR
  switch (scaleOf(vif)?.quantity) {
    case 'energy':
    case 'volume':
      return isRare ? 'rare-total' : 'total'
    case 'forward-energy':
    case 'return-energy':
      return 'total'
    case 'on-time':
    case 'operating-time':
      return modifier === 0xff21 || !isRare ? 'total' : 'rare-total'
    case 'power':
    case 'flow':
      return 'flow'
    case 'flow-temperature':
    case 'return-temperature':
    case 'temperature-difference':
    case 'external-temperature':
      return (vif & 3) === 3 ? 'degrees' : (vif & 3) === 2 ? 'tenths' : 'hundredths'
    case 'date':
      return cursor.size === 2 ? 'date' : 'raw'
    case 'datetime':
      return cursor.size === 4 ? 'datetime' : 'raw'
    case 'state':
      return 'state'
    default:
      return vif === 0x6e ? 'rare-total' : vif === 0xff21 ? 'state' : 'raw'
  }
}

/** The bits that a value costs that nothing was known about. */
export function firstCost(family: ValueFamily, data: Uint8Array, at: number, size: number): number {
  const value = signed(data, at, size)
  switch (family) {
    case 'total':
      return value === 0 ? 3.5 : totalCost(value)
    case 'rare-total':
      return value === 0 ? 0.7 : 1.5 + totalCost(value)
    case 'flow':
      if (value === 0) return 1.6
      return 0.8 + Math.log2(Math.abs(value)) + 3 + (value < 0 ? 5 : 0) + (Math.abs(value) > 300_000 ? 14 : 0)
    case 'hundredths':
      return temperatureCost(value, 100, size)
    case 'tenths':
      return temperatureCost(value, 10, size)
    case 'degrees':
      return temperatureCost(value, 1, size)
    case 'date':
      return dateCost(data[at]! | (data[at + 1]! << 8))
    case 'datetime':
      return datetimeCost(data, at)
    case 'state':
      return stateCost(data, at, size)
    case 'raw':
      return rawCost(data, at, size)
  }
}

/** The bits that a value costs after the one before it. */
export function nextCost(
  family: ValueFamily,
  isFixed: boolean,
  before: Uint8Array,
  data: Uint8Array,
  at: number,
  size: number,
): number {
  const change = signed(data, at, size) - signed(before, at, size)
  if (isFixed) return change === 0 ? 0.1 : 14 + firstCost(family, data, at, size) / 4
  switch (family) {
    case 'total':
      if (change === 0) return 0.7
      return change > 0 ? 2 + 1.4 * Math.log2(1 + change) + (change > 100_000 ? 12 : 0) : 24
    case 'rare-total':
      if (change === 0) return 0.2
      return change > 0 ? 4 + 1.4 * Math.log2(1 + change) + (change > 100_000 ? 12 : 0) : 26
    case 'flow':
      if (change === 0) return 1
      return Math.min(firstCost(family, data, at, size) + 2, 2 + 1.3 * Math.log2(1 + Math.abs(change)))
    case 'hundredths':
    case 'tenths':
    case 'degrees':
      if (change === 0) return 1
      return Math.min(firstCost(family, data, at, size) + 5, 2 + 1.5 * Math.log2(1 + Math.abs(change)))
    case 'date':
      return change === 0 ? 0.1 : change === 1 ? 8 : 20
    case 'datetime':
      return change === 0 ? 2 : change > 0 ? Math.min(24, 2 + Math.log2(1 + change)) : 24
    case 'state':
      return change === 0 ? 0.2 : 6 + stateCost(data, at, size)
    case 'raw':
      return change === 0 ? 0.5 : 8 + rawCost(data, at, size) / 2
  }
}

function totalCost(value: number): number {
  return value < 0 ? IMPOSSIBLE : LOG_UNIFORM + Math.log2(value) + (value > 99_999_999 ? 14 : 0)
}

function temperatureCost(value: number, unit: number, size: number): number {
  const none = 2 ** (8 * size - 1)
  if (value === -none || value === none - 1 || (size === 1 && value === 1 - none)) return 6
  if (value === 0 || value === 180 * unit) return 6
  const degrees = value / unit
  if (degrees > 0 && degrees <= 60) return 0.7 + Math.log2(60 * unit)
  if (degrees > 60 && degrees <= 130) return 2 + Math.log2(70 * unit)
  return degrees > -40 && degrees < 200 ? 5 + Math.log2(110 * unit) : IMPOSSIBLE / 2
}

function dateCost(bits: number): number {
  if (bits === 0 || bits === 0xffff) return 6
  const day = bits & 31
  const month = (bits >> 8) & 15
  const year = ((bits >> 5) & 7) | ((bits >> 9) & 0x78)
  if (day === 0 || month === 0 || month > 12 || year > 60) return IMPOSSIBLE
  if (day > 30 - (month === 2 ? 1 : 0) && (month === 2 || [4, 6, 9, 11].includes(month)) && day > 30) return IMPOSSIBLE
  return (day === 1 || day > 27 ? 7.5 : 11) + (year < 8 || year > 30 ? 5 : 0)
}

function datetimeCost(data: Uint8Array, at: number): number {
  const minute = data[at]!
  if ((minute & 0x3f) > 59 || (data[at + 1]! & 31) > 23) return IMPOSSIBLE
  return 10.5 + (minute & 0xc0 ? 8 : 0) + dateCost(data[at + 2]! | (data[at + 3]! << 8))
}

function stateCost(data: Uint8Array, at: number, size: number): number {
  let bits = 0
  for (let i = at; i < at + size; i++) for (let byte = data[i]!; byte > 0; byte &= byte - 1) bits++
  return bits === 0 ? 0.7 : Math.min(3 + 4 * bits, 8 * size + 3)
}

function rawCost(data: Uint8Array, at: number, size: number): number {
  const isZero = data.subarray(at, at + size).every((byte) => byte === 0)
  return isZero ? 3 : 1 + 6.5 * size
}

function signed(data: Uint8Array, at: number, size: number): number {
  let value = 0
  for (let i = at + size - 1; i >= at; i--) value = value * 256 + data[i]!
  return data[at + size - 1]! >= 0x80 ? value - 2 ** (8 * size) : value
}
