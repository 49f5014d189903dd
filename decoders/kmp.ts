import { digitsText } from '../modules/codec/decimal.js'
import { toHex } from '../modules/codec/hex.js'
import { decodeSerial } from '../modules/kmp/client.js'
import {
  GET_REGISTER,
  GET_SERIAL_NO,
  GET_TYPE,
  START_FROM_METER,
  START_TO_METER,
  STOP,
} from '../modules/kmp/constants.js'
import { decodeFrame } from '../modules/kmp/frame.js'
import { decodeRegisters, unitText } from '../modules/kmp/registers.js'
import { registerName } from './kmp-register-names.js'

/** What was on the line: the frames in it, whole or not, and the bytes around them. */
export interface KmpDump {
  readonly frames: readonly Uint8Array[]
  readonly stray: readonly Uint8Array[]
}

/** A frame as JSON has it. `result` is `ok` or says what is wrong. */
export interface DescribedFrame {
  readonly result: string
  readonly [name: string]: unknown
}

/** Splits a dump of both directions into frames. Start and stop bytes are nowhere else: inside a frame they are stuffed. */
export function splitDump(bytes: Uint8Array): KmpDump {
  const frames: Uint8Array[] = []
  const stray: Uint8Array[] = []
  let from = 0
  for (let at = 0; at <= bytes.length; at++) {
    const isStop = bytes[at] === STOP && isStart(bytes[from])
    if (at < bytes.length && !isStop && !isStart(bytes[at])) continue
    const end = isStop ? at + 1 : at
    if (end > from) (isStart(bytes[from]) ? frames : stray).push(bytes.subarray(from, end))
    from = end
  }
  return { frames, stray }
}

/** Describes one frame, start and stop byte included. */
export function describeFrame(wire: Uint8Array): DescribedFrame {
  const frame = decodeFrame(wire)
  if (!frame.ok) return { result: frame.error, registers: [] }
  const { cid, data } = frame.value
  const head = { result: 'ok', cid }
  if (wire[0] !== START_FROM_METER) return { ...head, data: toHex(data), registers: [] }
  if (cid === GET_SERIAL_NO) {
    const serial = decodeSerial(data)
    return serial.ok ? { ...head, serial: serial.value, registers: [] } : { result: serial.error, cid, registers: [] }
  }
  if (cid === GET_TYPE && data.length === 4)
    return { ...head, type: toHex(data, 0, 2), revision: revisionText(data[2]!, data[3]!), registers: [] }
  if (cid !== GET_REGISTER) return { ...head, data: toHex(data), registers: [] }
  const checked = decodeRegisters(data)
  return checked.ok ? { ...head, ...describeRegisters(data) } : { result: checked.error, cid, registers: [] }
}

function isStart(byte: number | undefined): boolean {
  return byte === START_FROM_METER || byte === START_TO_METER
}

/** Registers of a reply that was checked. The firmware passes over values of more than 4 bytes; here they are exact, too. */
function describeRegisters(data: Uint8Array) {
  const registers: unknown[] = []
  const unread: unknown[] = []
  for (let at = 0; at < data.length; ) {
    const id = (data[at]! << 8) | data[at + 1]!
    const size = data[at + 3]!
    const siEx = data[at + 4]!
    const mantissa = toHex(data, at + 5, at + 5 + size)
    const exponent = (siEx & 0x40) !== 0 ? -(siEx & 0x3f) : siEx & 0x3f
    const named = { id, name: registerName(id) }
    if (size === 0) unread.push({ ...named, reason: 'a value of no bytes' })
    else
      registers.push({
        ...named,
        value: digitsText((siEx & 0x80) !== 0, BigInt(`0x${mantissa}`).toString(), exponent),
        unit: unitText(data[at + 2]!),
      })
    at += 5 + size
  }
  return unread.length === 0 ? { registers } : { registers, unread }
}

/** Software revision of GetType: a letter and a number (5512-447, 6.2.1). */
function revisionText(letter: number, number: number): string {
  return `${String.fromCharCode(64 + letter)}${number}`
}
