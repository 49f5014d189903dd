import type { Result } from '../modules/codec/result.js'
import { decodeReadout, STX } from '../modules/en61107/readout.js'
import {
  decodeStandardData,
  INSTANTANEOUS,
  programOf,
  STANDARD_1,
  STANDARD_2,
} from '../modules/en61107/standard-data.js'
import { withoutParity } from '../modules/meters/parity.js'

export interface DescribedReply {
  readonly result: string
  readonly [name: string]: unknown
}

const NAMES_1 = ['e1', 'v1', 'hr', 't1', 't2', 'tdif', 'effect1', 'flow1', 'peak', 'info']
const NAMES_2 = ['customer', 'ta2', 'tl2', 'ta3', 'tl3', 'in_a', 'in_b', 'abccc', 'ddeffgg', 'date']
/** A request for standard data: an optical head sends it back before the reply. */
const ECHO = /^\/#[12C]\r?\n?/
const NAMES_C = ['t1', 't3', 't2', 'p1', 'p2', 'flow1', 'flow2', 'effect1']

/** A reply of the meter as JSON. `result` is `ok` or says what is wrong. */
export function describeReply(bytes: Uint8Array): DescribedReply {
  const text = bytes.some((byte) => byte > 0x7f) ? bytes.map(withoutParity) : bytes
  return text.includes(STX) ? describeReadout(text) : describeStandardData(text)
}

function describeReadout(text: Uint8Array): DescribedReply {
  const readout = decodeReadout(text)
  if (!readout.ok) return { result: readout.error, registers: [] }
  const { ident, serial, energy, volume, hours } = readout.value
  const registers = Object.entries({ e1: energy, v1: volume, hr: hours })
    .filter(([, quantity]) => quantity !== undefined)
    .map(([name, quantity]) => ({ name, ...quantity }))
  return { result: 'ok', ident, serial, registers }
}

/** The kinds of standard data differ in the number of registers, and in the width of the first. */
function describeStandardData(text: Uint8Array): DescribedReply {
  const line = String.fromCharCode(...text)
    .replace(ECHO, '')
    .replace(/\r$/, '')
  const count = line.split(' ').filter((register) => register !== '').length
  if (count === NAMES_C.length) return named(decodeStandardData(line, INSTANTANEOUS), NAMES_C)
  const second = decodeStandardData(line, STANDARD_2)
  if (second.ok) return { ...named(second, NAMES_2), program: programOf(second.value) }
  return named(decodeStandardData(line, STANDARD_1), NAMES_1)
}

function named(registers: Result<string[]>, names: readonly string[]): DescribedReply {
  if (!registers.ok) return { result: registers.error, registers: [] }
  return { result: 'ok', registers: registers.value.map((value, i) => ({ name: names[i], value })) }
}
