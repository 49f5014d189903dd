import { crc16 } from '../codec/crc16.js'
import { crc16En13757 } from '../codec/crc16-en13757.js'

/*
 * The remainder by the product of two polynomials determines the remainder by each of them. So one pass over the record
 * gives both CRCs. Their polynomials are 0x11021 and 0x13D65, and the product is 0x12E95C1C5. The initial value is 0
 * modulo the second polynomial and stands for 0xFFFF modulo the first.
 */
const PRODUCT = 0x2e95c1c5
const INITIAL = 0x5e856852

/** The remainder that each byte contributes as it leaves the register. An array of slots would take 4 kB of flash. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24
  for (let bit = 0; bit < 8; bit++) rest = (rest << 1) ^ (rest < 0 ? PRODUCT : 0)
  return rest
})

/** CRC-16 (initial value 0xFFFF) in the upper and CRC-16/EN-13757 in the lower half, over `bytes[0..end)`. */
export function checksumOf(bytes: Uint8Array, end: number): number {
  const table = TABLE
  let rest = INITIAL
  let i = 0
  // Eight bytes a round, because on XS the loop's counting takes as long as its work.
  for (const whole = end - 7; i < whole; i += 8) {
    rest = ((rest << 8) | bytes[i]!) ^ table[rest >>> 24]!
    rest = ((rest << 8) | bytes[i + 1]!) ^ table[rest >>> 24]!
    rest = ((rest << 8) | bytes[i + 2]!) ^ table[rest >>> 24]!
    rest = ((rest << 8) | bytes[i + 3]!) ^ table[rest >>> 24]!
    rest = ((rest << 8) | bytes[i + 4]!) ^ table[rest >>> 24]!
    rest = ((rest << 8) | bytes[i + 5]!) ^ table[rest >>> 24]!
    rest = ((rest << 8) | bytes[i + 6]!) ^ table[rest >>> 24]!
    rest = ((rest << 8) | bytes[i + 7]!) ^ table[rest >>> 24]!
  }
  for (; i < end; i++) rest = ((rest << 8) | bytes[i]!) ^ table[rest >>> 24]!
  const last = Uint8Array.of(rest >>> 24, rest >>> 16, rest >>> 8, rest)
  return ((crc16(last, 0, 4) << 16) | crc16En13757(last, 0, 4)) >>> 0
}
