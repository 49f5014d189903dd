import { deepEqual, equal } from 'node:assert/strict'
import type { Result } from '../modules/codec/result.js'
import { START_FROM_METER } from '../modules/kmp/constants.js'
import { encodeFrame, type KmpFrame } from '../modules/kmp/frame.js'
import { KmpParser } from '../modules/kmp/parser.js'
import { decodeRegisters, registerText, unitText } from '../modules/kmp/registers.js'

/** Frames that pass are what encoding them gives; pieces do not matter; a good frame behind anything is found. */
export default function kmp(bytes: Uint8Array): void {
  const frames = parse(bytes)
  const half = bytes.length >> 1
  deepEqual(parse(bytes.subarray(0, half), bytes.subarray(half)), frames)
  for (const frame of frames) if (frame.ok) check(frame.value)

  const data = bytes.subarray(0, 100)
  const found = parse(bytes, encodeFrame(START_FROM_METER, 0x10, data)).at(-1)
  equal(found?.ok, true)
  if (found?.ok) deepEqual(found.value, { destination: 0x3f, cid: 0x10, data })
  registers(data)
}

function parse(...pieces: readonly Uint8Array[]): Result<KmpFrame>[] {
  const frames: Result<KmpFrame>[] = []
  const parser = new KmpParser()
  for (const piece of pieces) parser.push(piece, (frame) => frames.push(frame))
  return frames
}

function check({ destination, cid, data }: KmpFrame): void {
  deepEqual(parse(encodeFrame(START_FROM_METER, cid, data, destination)), [
    { ok: true, value: { destination, cid, data } },
  ])
  registers(data)
}

function registers(data: Uint8Array): void {
  const decoded = decodeRegisters(data)
  if (!decoded.ok) return
  for (const register of decoded.value) {
    const { negative, mantissa, exponent } = register
    const text = registerText(register)
    unitText(register.unit)
    equal(/^-?[0-9]+(\.[0-9]+)?$/.test(text), true, text)
    // Through BigInt, since floating point knows no exact 10^-63.
    const [whole, decimals = ''] = text.replace('-', '').split('.')
    const scale = Math.max(0, exponent)
    equal(BigInt(whole + decimals), BigInt(mantissa) * 10n ** BigInt(scale))
    equal(text.startsWith('-'), negative)
  }
}
