import { crc16 } from '../codec/crc16.js'
import { hexDigits, toHex } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import {
  ACK,
  GET_REGISTER,
  type GET_SERIAL_NO,
  type GET_TYPE,
  HEAT_METER,
  START_FROM_METER,
  START_TO_METER,
  STOP,
  STUFF,
} from './constants.js'

/** One frame without start, stuffing, CRC and stop. */
export interface KmpFrame {
  readonly destination: number
  readonly cid: number
  readonly data: Uint8Array
}

/** Shortest frame on the wire: start, destination, CID, two bytes CRC, stop. */
const MIN_WIRE_LENGTH = 6

/** Wire bytes of a frame (5512-447, 3.1 and 3.2). */
export function encodeFrame(start: number, cid: number, data: Uint8Array, destination = HEAT_METER): Uint8Array {
  const body = new Uint8Array(data.length + 4)
  body[0] = destination
  body[1] = cid
  body.set(data, 2)
  const crc = crc16(body, 0, data.length + 2)
  body[data.length + 2] = crc >> 8
  body[data.length + 3] = crc & 0xff

  let length = body.length + 2
  for (const byte of body) if (isReserved(byte)) length++
  const wire = new Uint8Array(length)
  wire[0] = start
  let at = 1
  for (const byte of body) {
    if (isReserved(byte)) {
      wire[at++] = STUFF
      wire[at++] = byte ^ 0xff
    } else {
      wire[at++] = byte
    }
  }
  wire[at] = STOP
  return wire
}

/** A frame from its wire bytes, start and stop included; either direction. */
export function decodeFrame(wire: Uint8Array, length = wire.length): Result<KmpFrame> {
  const fail = (error: string) => failure(`${error} (frame ${toHex(wire, 0, length)})`)
  if (length < MIN_WIRE_LENGTH) return fail(`length: expected at least ${MIN_WIRE_LENGTH} bytes, got ${length}`)
  if (wire[0] !== START_FROM_METER && wire[0] !== START_TO_METER)
    return fail(`start: expected 40 or 80, got ${hexDigits(wire[0]!)}`)
  if (wire[length - 1] !== STOP) return fail(`stop: expected 0d, got ${hexDigits(wire[length - 1]!)}`)

  const body = new Uint8Array(length - 2)
  let size = 0
  for (let i = 1; i < length - 1; i++) {
    let byte = wire[i]!
    if (byte === STUFF) {
      if (++i === length - 1) return fail('stuffing: expected a byte after 1b, got the stop byte')
      byte = wire[i]! ^ 0xff
    }
    body[size++] = byte
  }
  if (size < 4) return fail(`length: expected at least 4 bytes between start and stop, got ${size}`)
  const expected = crc16(body, 0, size - 2)
  const got = (body[size - 2]! << 8) | body[size - 1]!
  if (got !== expected) return fail(`crc: expected ${hexDigits(expected, 4)}, got ${hexDigits(got, 4)}`)
  return success({ destination: body[0]!, cid: body[1]!, data: body.subarray(2, size - 2) })
}

/** GetType and GetSerialNo, which carry no data. */
export function simpleRequest(cid: typeof GET_TYPE | typeof GET_SERIAL_NO): Uint8Array {
  return encodeFrame(START_TO_METER, cid, new Uint8Array(0))
}

/** GetRegister for up to 8 register ids (6.2.4). */
export function registerRequest(ids: readonly number[]): Uint8Array {
  const data = new Uint8Array(1 + 2 * ids.length)
  data[0] = ids.length
  ids.forEach((id, i) => {
    data[1 + 2 * i] = id >> 8
    data[2 + 2 * i] = id & 0xff
  })
  return encodeFrame(START_TO_METER, GET_REGISTER, data)
}

function isReserved(byte: number): boolean {
  return byte === START_TO_METER || byte === START_FROM_METER || byte === STOP || byte === ACK || byte === STUFF
}
