import { crc16 } from '../codec/crc16.js'
import { crc16En13757 } from '../codec/crc16-en13757.js'

/*
 * The remainder by the product of two polynomials determines the remainder by each of them. So one pass over the record
 * gives both CRCs. Their polynomials are 0x11021 and 0x13D65, and the product is 0x12E95C1C5. The initial value is 0
 * modulo the second polynomial and stands for 0xFFFF modulo the first.
 *
 * The pass takes four bytes at a time, as the words of a little-endian machine, which the ESP32 and every host are. So the
 * register is kept with its bytes in that order too: what is first in the record is lowest.
 */
const PRODUCT = 0x2e95c1c5
const INITIAL = 0x5268855e

const [TABLE1, TABLE2, TABLE3, TABLE4] = tables()

/**
 * The remainder that a byte contributes as it leaves the register by one to four bytes. Arrays of slots would take four
 * times the flash.
 */
function tables(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const made = [new Int32Array(256), new Int32Array(256), new Int32Array(256), new Int32Array(256)] as const
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte << 24
    for (let i = 0; i < made.length; i++) {
      for (let bit = 0; bit < 8; bit++) rest = (rest << 1) ^ (rest < 0 ? PRODUCT : 0)
      made[i]![byte] = (rest << 24) | ((rest << 8) & 0xff0000) | ((rest >> 8) & 0xff00) | (rest >>> 24)
    }
  }
  return made
}

/**
 * CRC-16 (initial value 0xFFFF) in the upper and CRC-16/EN-13757 in the lower half, over `bytes[0..end)`.
 * @param bytes a whole buffer
 */
export function checksumOf(bytes: Uint8Array, end: number): number {
  const [table1, table2, table3, table4] = [TABLE1, TABLE2, TABLE3, TABLE4]
  const words = new Int32Array(bytes.buffer, 0, end >> 2)
  let rest = INITIAL
  let i = 0
  // Two words a round, because on XS the loop's counting takes a quarter of the work on one.
  for (const last = words.length - 1; i < last; i += 2) {
    rest =
      table4[rest & 0xff]! ^
      table3[(rest >> 8) & 0xff]! ^
      table2[(rest >> 16) & 0xff]! ^
      table1[rest >>> 24]! ^
      words[i]!
    rest =
      table4[rest & 0xff]! ^
      table3[(rest >> 8) & 0xff]! ^
      table2[(rest >> 16) & 0xff]! ^
      table1[rest >>> 24]! ^
      words[i + 1]!
  }
  for (let at = 4 * i; at < end; at++) rest = ((rest >>> 8) | (bytes[at]! << 24)) ^ table1[rest & 0xff]!
  const last = Uint8Array.of(rest, rest >>> 8, rest >>> 16, rest >>> 24)
  return ((crc16(last, 0, 4) << 16) | crc16En13757(last, 0, 4)) >>> 0
}
