import { crc16En13757 } from '../codec/crc16-en13757.js'
import { fromHex } from '../codec/hex.js'

/*
 * Data link layer (EN 13757-4): L, C, M u16, id 4 bytes packed BCD, version, type; then the CI of the next layer.
 * Everything is little-endian except the checksums of this layer.
 */
export const VERSION_AT = 8
export const TYPE_AT = 9
export const CI_AT = 10

export const CRC_LENGTH = 2
/** Format B has one checksum for the first 126 bytes and one for the rest. */
const FORMAT_B_BLOCK = 128

/** Returns the meter number, 0x74493770 for 74493770; undefined for a frame without one. Allocates nothing. */
export function meterIdOf(frame: Uint8Array): number | undefined {
  if (frame.length < VERSION_AT) return undefined
  return (frame[4]! | (frame[5]! << 8) | (frame[6]! << 16) | (frame[7]! << 24)) >>> 0
}

/** Returns the same number for its eight digits; undefined for any other text. */
export function parseMeterId(text: string): number | undefined {
  const bytes = text.length === 8 ? fromHex(text) : undefined
  return bytes && ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0
}

/** Returns a copy of a frame of format B without its checksums and with L corrected, or what is wrong with it. */
export function withoutChecksums(bytes: Uint8Array): Uint8Array | 'length-mismatch' | 'dll-crc' {
  const size = bytes[0]! + 1
  if (size <= CI_AT || bytes.length !== size) return 'length-mismatch'
  return isFormatB(bytes) ? cutFormatB(bytes, size - CRC_LENGTH) : 'dll-crc'
}

/** Returns whether the checksums of format B hold in a frame of L + 1 bytes. */
export function isFormatB(bytes: Uint8Array): boolean {
  const end = bytes.length - CRC_LENGTH
  if (bytes.length <= FORMAT_B_BLOCK) return holds(bytes, 0, end)
  return holds(bytes, 0, FORMAT_B_BLOCK - CRC_LENGTH) && end >= FORMAT_B_BLOCK && holds(bytes, FORMAT_B_BLOCK, end)
}

/** Returns the bytes of a frame of format B up to `end`, at most L - 1, without the checksum in the middle if it holds. */
export function cutFormatB(bytes: Uint8Array, end: number): Uint8Array {
  let frame: Uint8Array
  if (end >= FORMAT_B_BLOCK && holds(bytes, 0, FORMAT_B_BLOCK - CRC_LENGTH)) {
    frame = new Uint8Array(end - CRC_LENGTH)
    frame.set(bytes.subarray(0, FORMAT_B_BLOCK - CRC_LENGTH))
    frame.set(bytes.subarray(FORMAT_B_BLOCK, end), FORMAT_B_BLOCK - CRC_LENGTH)
  } else {
    frame = bytes.slice(0, end)
  }
  frame[0] = frame.length - 1
  return frame
}

/** Returns whether the checksum at `end` is that of the bytes from `start`. */
export function holds(bytes: Uint8Array, start: number, end: number): boolean {
  return crc16En13757(bytes, start, end) === ((bytes[end]! << 8) | bytes[end + 1]!)
}
