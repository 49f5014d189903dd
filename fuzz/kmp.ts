import { deepEqual, equal, ok } from 'node:assert/strict'
import type { Result } from '../modules/codec/result.js'
import { START_FROM_METER, STUFF } from '../modules/kmp/constants.js'
import { encodeFrame, type KmpFrame } from '../modules/kmp/frame.js'
import { KmpParser } from '../modules/kmp/parser.js'
import { decodeRegisters, registerText, unitText } from '../modules/kmp/registers.js'
import { crcBitwise } from './support/checksums.js'

const CCITT = 0x1021

/**
 * A frame that passes is on the wire with its checksum and is what encoding it gives. Pieces do not matter, and a good frame
 * behind anything is found.
 */
export default function kmp(bytes: Uint8Array): void {
  const frames = framesIn(bytes)
  const half = bytes.length >> 1
  deepEqual(parse(bytes.subarray(0, half), bytes.subarray(half)), frames)

  const data = bytes.subarray(0, 100)
  const found = parse(bytes, encodeFrame(START_FROM_METER, 0x10, data)).at(-1)
  equal(found?.ok, true)
  if (found?.ok) deepEqual(found.value, { destination: 0x3f, cid: 0x10, data })
  registers(data)
}

/** Parses the bytes and checks each frame that passes. */
export function framesIn(bytes: Uint8Array, parser = new KmpParser()): Result<KmpFrame>[] {
  const frames: Result<KmpFrame>[] = []
  parser.push(bytes, (frame) => frames.push(frame))
  for (const frame of frames) if (frame.ok) check(frame.value, bytes)
  return frames
}

function parse(...pieces: readonly Uint8Array[]): Result<KmpFrame>[] {
  const frames: Result<KmpFrame>[] = []
  const parser = new KmpParser()
  for (const piece of pieces) parser.push(piece, (frame) => frames.push(frame))
  return frames
}

function check(frame: KmpFrame, wire: Uint8Array): void {
  const { destination, cid, data } = frame
  ok(isOnWire(frame, wire), 'no such frame with a right checksum is on the wire')
  deepEqual(parse(encodeFrame(START_FROM_METER, cid, data, destination)), [
    { ok: true, value: { destination, cid, data } },
  ])
  registers(data)
}

function isOnWire({ destination, cid, data }: KmpFrame, wire: Uint8Array): boolean {
  const bytes = Uint8Array.of(destination, cid, ...data)
  const crc = crcBitwise(bytes, CCITT)
  const frame = Buffer.from([...bytes, crc >> 8, crc & 0xff])
  return wire.some((byte, at) => byte === START_FROM_METER && unstuffed(wire.subarray(at + 1)).includes(frame))
}

function unstuffed(wire: Uint8Array): Buffer {
  const bytes: number[] = []
  for (let i = 0; i < wire.length; i++) bytes.push(wire[i] === STUFF ? wire[++i]! ^ 0xff : wire[i]!)
  return Buffer.from(bytes)
}

function registers(data: Uint8Array): void {
  const decoded = decodeRegisters(data)
  if (!decoded.ok) return
  for (const register of decoded.value) {
    const { negative, mantissa, exponent } = register
    const text = registerText(register)
    unitText(register.unit)
    equal(/^-?[0-9]+(\.[0-9]+)?$/.test(text), true, text)
    // BigInt, because floating point has no exact 10^-63.
    const [whole, decimals = ''] = text.replace('-', '').split('.')
    const scale = Math.max(0, exponent)
    equal(BigInt(whole + decimals), BigInt(mantissa) * 10n ** BigInt(scale))
    equal(text.startsWith('-'), negative)
  }
}
