import { crc16En13757 } from '../codec/crc16-en13757.js'
import { fromHex } from '../codec/hex.js'

/*
 * Data link layer (EN 13757-4): L, C, M u16, id 4 bytes packed BCD, version, type; then the CI of the next layer.
 * Everything is little-endian except the checksums of this layer.
 */
export const VERSION_AT = 8
export const TYPE_AT = 9
export const CI_AT = 10

const CRC = 2
/** Format A: a first block of 10 bytes, then blocks of 16, a checksum after each. */
const FIRST_BLOCK = 10
const BLOCK = 16
/** Format B: a checksum for the first 126 bytes and one for the rest. */
const FORMAT_B_BLOCK = 128

/** How the checksums of a frame are known to be arranged. */
export type FrameFormat = 'any' | 'B'

/** The meter number as it prints in hexadecimal, 0x74493770; undefined in a shorter frame. Allocates nothing. */
export function meterIdOf(frame: Uint8Array): number | undefined {
  if (frame.length < VERSION_AT) return undefined
  return (frame[4]! | (frame[5]! << 8) | (frame[6]! << 16) | (frame[7]! << 24)) >>> 0
}

/** The same number from its eight digits; undefined for any other text. */
export function parseMeterId(text: string): number | undefined {
  const bytes = text.length === 8 ? fromHex(text) : undefined
  return bytes && ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0
}

/** The manufacturer's three letters; empty in a shorter frame. */
export function manufacturerOf(frame: Uint8Array): string {
  if (frame.length < 4) return ''
  const code = frame[2]! | (frame[3]! << 8)
  return String.fromCharCode(64 + ((code >> 10) & 31), 64 + ((code >> 5) & 31), 64 + (code & 31))
}

/**
 * A copy of a whole frame without its checksums, L corrected; else what is wrong. Of unknown format, a frame of L + 1
 * bytes whose checksum does not hold may have had it removed before: the next layer's checksum decides.
 */
export function withoutChecksums(bytes: Uint8Array, format: FrameFormat): Uint8Array | 'length-mismatch' | 'dll-crc' {
  const size = bytes[0]! + 1
  if (size <= CI_AT) return 'length-mismatch'
  if (bytes.length === size) {
    if (hasFormatB(bytes)) return withoutFormatB(bytes, size - CRC)
    return format === 'B' ? 'dll-crc' : bytes.slice()
  }
  if (format === 'B' || bytes.length !== formatASize(size)) return 'length-mismatch'
  return withoutFormatA(bytes, size) ?? 'dll-crc'
}

/** The bytes up to `end` of a frame of format B, without the checksum in its middle where it has one that holds. */
export function withoutFormatB(bytes: Uint8Array, end: number): Uint8Array {
  let frame: Uint8Array
  if (end >= FORMAT_B_BLOCK && bytes[0]! >= FORMAT_B_BLOCK && holds(bytes, 0, FORMAT_B_BLOCK - CRC)) {
    frame = new Uint8Array(end - CRC)
    frame.set(bytes.subarray(0, FORMAT_B_BLOCK - CRC))
    frame.set(bytes.subarray(FORMAT_B_BLOCK, end), FORMAT_B_BLOCK - CRC)
  } else {
    frame = bytes.slice(0, end)
  }
  frame[0] = frame.length - 1
  return frame
}

function hasFormatB(bytes: Uint8Array): boolean {
  const end = bytes.length - CRC
  if (bytes.length <= FORMAT_B_BLOCK) return holds(bytes, 0, end)
  return holds(bytes, 0, FORMAT_B_BLOCK - CRC) && end >= FORMAT_B_BLOCK && holds(bytes, FORMAT_B_BLOCK, end)
}

function formatASize(size: number): number {
  return size + CRC * (1 + Math.ceil((size - FIRST_BLOCK) / BLOCK))
}

function withoutFormatA(bytes: Uint8Array, size: number): Uint8Array | undefined {
  const frame = new Uint8Array(size)
  let from = 0
  for (let to = 0; to < size; ) {
    const length = to === 0 ? FIRST_BLOCK : Math.min(BLOCK, size - to)
    if (!holds(bytes, from, from + length)) return undefined
    frame.set(bytes.subarray(from, from + length), to)
    from += length + CRC
    to += length
  }
  return frame
}

/** Whether the checksum at `end` is that of the bytes from `start`. */
function holds(bytes: Uint8Array, start: number, end: number): boolean {
  return crc16En13757(bytes, start, end) === ((bytes[end]! << 8) | bytes[end + 1]!)
}
