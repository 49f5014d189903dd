import { decimalText } from '../codec/decimal.js'
import { failure, type Result, success } from '../codec/result.js'
import { MAX_REGISTERS } from './constants.js'

/** A register of a GetRegister reply: (negative ? -1 : 1) x mantissa x 10^exponent. */
export interface Register {
  readonly id: number
  readonly unit: number
  readonly negative: boolean
  readonly mantissa: number
  readonly exponent: number
}

const HEADER_LENGTH = 5
const MAX_VALUE_LENGTH = 4

/** The original could not print larger exponents, and no meter uses them. A sample leaves such a value out. */
const MAX_EXPONENT = 9

/**
 * Registers of a GetRegister reply: RID u16, unit u8, number of bytes u8, SiEx u8, mantissa (5512-447, 4.2 and 6.2.4).
 * Skips a register whose value has no bytes or more than 4. The reply lacks registers that the meter does not have.
 */
export function decodeRegisters(data: Uint8Array): Result<Register[]> {
  const registers: Register[] = []
  let at = 0
  while (at < data.length) {
    if (registers.length === MAX_REGISTERS)
      return failure(`registers: expected at most ${MAX_REGISTERS}, got more bytes`)
    const value = at + HEADER_LENGTH
    const size = data[at + 3] ?? 0
    if (value + size > data.length)
      return failure(`registers: expected ${HEADER_LENGTH + size} bytes at offset ${at}, got ${data.length - at}`)
    if (size > 0 && size <= MAX_VALUE_LENGTH) {
      let mantissa = 0
      for (let i = 0; i < size; i++) mantissa = mantissa * 256 + data[value + i]!
      const siEx = data[at + 4]!
      const exponent = siEx & 0x3f
      registers.push({
        id: (data[at]! << 8) | data[at + 1]!,
        unit: data[at + 2]!,
        negative: (siEx & 0x80) !== 0,
        mantissa,
        exponent: (siEx & 0x40) !== 0 ? -exponent : exponent,
      })
    }
    at = value + size
  }
  return success(registers)
}

/** The exact decimal text of a register. */
export function registerText(register: Register): string {
  return decimalText(register.negative, register.mantissa, register.exponent)
}

/** Whether a register can go into a sample. */
export function isPrintable(register: Register): boolean {
  return Math.abs(register.exponent) <= MAX_EXPONENT
}

const UNITS: Readonly<Record<number, string>> = Object.freeze({
  1: 'Wh',
  2: 'kWh',
  3: 'MWh',
  8: 'Gj',
  12: 'Gcal',
  22: 'kW',
  23: 'MW',
  37: 'C',
  38: 'K',
  39: 'l',
  40: 'm3',
  41: 'l/h',
  42: 'm3/h',
  43: 'm3xC',
  44: 'ton',
  45: 'ton/h',
  46: 'h',
  47: 'clock',
  48: 'date1',
  50: 'date3',
  51: 'number',
  52: 'bar',
})

/** The text of a unit code as the server knows it. */
export function unitText(unit: number): string {
  return UNITS[unit] ?? 'unknown'
}
