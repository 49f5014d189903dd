import { isDigits } from '../codec/characters.js'
import { failure, type Result, success } from '../codec/result.js'

/** A request, and the widths of the registers that the meter answers with (MULTICAL 66, standard data). */
export interface StandardData {
  readonly request: string
  readonly widths: readonly number[]
}

const TEN = Object.freeze([7, 7, 7, 7, 7, 7, 7, 7, 7, 7])

/** 0 energy, 1 volume, 2 hours, 3 T1, 4 T2, 5 T1-T2, 6 power, 7 flow, 8 peak power, 9 info. */
export const STANDARD_1: StandardData = Object.freeze({ request: '/#1\r', widths: TEN })

/** 0 customer number, 7 program ABCCC, 8 program DDEFFGG, 9 date. */
export const STANDARD_2: StandardData = Object.freeze({
  request: '/#2\r',
  widths: Object.freeze([11, 7, 7, 7, 7, 7, 7, 7, 7, 7]),
})

/** 0 T1, 1 T3, 2 T2, 3 P1, 4 P2, 5 flow 1, 6 flow 2, 7 power. Only a 66-C has them; the request has no line end. */
export const INSTANTANEOUS: StandardData = Object.freeze({
  request: '/#C',
  widths: Object.freeze([7, 7, 7, 7, 7, 7, 7, 7]),
})

/**
 * Decodes the registers of a line without its CR: digits of fixed width, each followed by one blank. Passes over the echo
 * of the request before them, and over noise that is no character.
 */
export function decodeStandardData(line: string, { request, widths }: StandardData): Result<string[]> {
  let noise = 0
  while (noise < line.length && !isPrintable(line.charCodeAt(noise))) noise++
  const text = line.slice(noise)
  const reply = text.startsWith(request) ? text.slice(request.length) : text
  const registers = reply.split(' ').filter((register) => register !== '')
  if (registers.length !== widths.length)
    return failure(`registers: expected ${widths.length}, got ${registers.length}`)
  for (let i = 0; i < widths.length; i++) {
    if (registers[i]!.length !== widths[i] || !isRegister(registers[i]!))
      return failure(`register ${i}: expected ${widths[i]} digits, got ${JSON.stringify(registers[i])}`)
  }
  return success(registers)
}

function isRegister(text: string): boolean {
  return isDigits(text.startsWith('-') ? text.slice(1) : text)
}

/** The program number of 12 digits, A B CCC DD E FF GG, from the registers of `/#2`. */
export function programOf(registers: readonly string[]): string {
  return registers[7]!.slice(2) + registers[8]!
}

/** The step in which a meter with this CCC code counts flow (l/h) and power (0.1 kW): 1 for small meters. */
export function scaleOf(registers: readonly string[]): 1 | 10 | 100 {
  switch (registers[7]!.slice(4)) {
    case '158':
    case '147':
    case '170':
    case '180':
    case '181':
      return 10
    case '171':
    case '172':
    case '182':
      return 100
    default:
      return 1
  }
}

function isPrintable(code: number): boolean {
  return code >= 0x20 && code <= 0x7e
}
