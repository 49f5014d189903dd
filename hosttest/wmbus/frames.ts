import { equal } from 'node:assert/strict'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import type { CryptoPort } from '../../modules/ports/crypto.js'
import { stubCrypto } from '../support/crypto.js'

/** Captured telegrams of flowIQ 2101 number 74493770, format B: a compact frame, and a full one. */
export const COMPACT = fromHex('25442d2c703749741f168d20b9c22302213a4de6faff5b137e9eb42fd8d7129b64074ca798a4')!
export const FULL = fromHex(
  '30442d2c703749741f168d20bd50db0121cc72d62ff07cec0d4abcd547f8d20e0dfcc5573adc9795582eb23c612d4de52a',
)!

const KEY = fromHex('44e9112d06bd762ec2bfece57e487c9b')!
/** What AES gives for the counters of the two captured telegrams, by counter. */
const STREAMS: Readonly<Record<string, string>> = {
  '2d2c703749741f162050db0121000000': '6b95ae2d0f5cad0d4eaf0665f8d24a1e',
  '2d2c703749741f162050db0121000001': 'a9e4573a7d96ce27afb3db9e22567484',
  '2d2c703749741f1620c2230221000000': '648b9f119ede1c3f9e670dd8d747ba64',
  '2d2c703749741f1620c2230221000001': '076dbb1c2cc961170307efede10fd573',
}
const aesOfCaptured: CryptoPort = {
  ...stubCrypto,
  aesCbcEncrypt: (key, iv, blocks) => {
    equal(toHex(key), toHex(KEY))
    equal(toHex(blocks), '00'.repeat(16))
    return fromHex(STREAMS[toHex(iv)] ?? '5a'.repeat(16))!
  },
}
/** The key of the captured telegrams, and AES with it for these telegrams alone. */
export const CAPTURED = { key: KEY, crypto: aesOfCaptured }
/** A cipher with a key stream of zeros, by which every telegram decrypts to itself. */
export const ZEROS = { key: KEY, crypto: { ...stubCrypto, aesCbcEncrypt: () => new Uint8Array(16) } }

/** Number, version and type of a MULTICAL 21, and of a MULTICAL 603, that are not real. */
export const WATER = '2d2c785634121b16'
export const HEAT = '2d2c785634123504'

/** A frame without checksums, L first. */
export function frame(address: string, rest: string): Uint8Array {
  const bytes = fromHex(`0044${address}${rest}`)!
  bytes[0] = bytes.length - 1
  return bytes
}

/** A frame whose payload (from the CI on) was decrypted before: its checksum holds as it is. */
export function clearFrame(address: string, payload: string): Uint8Array {
  return frame(address, `8d200110000020${sum(payload)}${payload}`)
}

/** A compact frame of these values. */
export function compactFrame(address: string, header: string, values: readonly string[]): Uint8Array {
  const full = header
    .split(' ')
    .map((part, i) => part + values[i])
    .join('')
  return clearFrame(address, `79${sum(header.replaceAll(' ', ''))}${sum(full)}${values.join('')}`)
}

/** With one checksum for all, or one for the first 126 bytes and one for the rest. */
export function formatB(stripped: Uint8Array): Uint8Array {
  const isLong = stripped.length > 126
  const bytes = new Uint8Array(stripped.length + (isLong ? 4 : 2))
  bytes.set(stripped.subarray(0, 126))
  bytes[0] = bytes.length - 1
  if (isLong) {
    appendSum(bytes, 0, 126)
    bytes.set(stripped.subarray(126), 128)
  }
  appendSum(bytes, isLong ? 128 : 0, bytes.length - 2)
  return bytes
}

/** With a checksum after the first 10 bytes and after every 16 behind them. */
export function formatA(stripped: Uint8Array): Uint8Array {
  let text = ''
  for (let at = 0; at < stripped.length; ) {
    const end = Math.min(at === 0 ? 10 : at + 16, stripped.length)
    const block = new Uint8Array(end - at + 2)
    block.set(stripped.subarray(at, end))
    appendSum(block, 0, end - at)
    text += toHex(block)
    at = end
  }
  return fromHex(text)!
}

function appendSum(bytes: Uint8Array, start: number, end: number): void {
  const crc = crc16En13757(bytes, start, end)
  bytes[end] = crc >> 8
  bytes[end + 1] = crc & 0xff
}

/** Checksum of the bytes as it stands in payloads, low byte first. */
export function sum(hex: string): string {
  const bytes = fromHex(hex)!
  const crc = crc16En13757(bytes, 0, bytes.length)
  return toHex(Uint8Array.of(crc & 0xff, crc >> 8))
}
