import { deepEqual, equal } from 'node:assert/strict'
import { crc16En13757, updateCrc } from '../../modules/codec/crc16-en13757.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { withoutAnyChecksums } from '../../modules/wmbus/any-frame.js'
import { meterIdOf, parseMeterId, withoutChecksums } from '../../modules/wmbus/data-link.js'
import { COMPACT, clearFrame, FULL, formatA, formatB, HEAT } from './frames.js'

const STRIPPED = clearFrame(HEAT, `78${'0406051c0000'.repeat(3)}`)
const LONG = clearFrame(HEAT, `78${'0406051c0000'.repeat(20)}`)

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at]! ^= 1
  return copy
}

describe('CRC-16/EN-13757', () => {
  it('gives its check value, also in two pieces', () => {
    const digits = encodeUtf8('123456789')
    equal(crc16En13757(digits, 0, 9), 0xc2b7)
    equal(updateCrc(updateCrc(0, digits, 0, 4), digits, 4, 9) ^ 0xffff, 0xc2b7)
    equal(crc16En13757(digits, 3, 3), 0xffff)
  })
})

describe('the address of a frame', () => {
  it('has the number as it prints', () => {
    equal(meterIdOf(FULL), 0x74493770)
    equal(parseMeterId('74493770'), 0x74493770)
    equal(meterIdOf(fromHex('30442d2c01000090')!), parseMeterId('90000001'))
  })

  it('is not known of a frame that ends before it does', () => {
    equal(meterIdOf(FULL.subarray(0, 7)), undefined)
    for (const text of ['7449377', '744937700', '7449377x', '']) equal(parseMeterId(text), undefined)
  })
})

describe('the checksums of a frame', () => {
  it('are taken off in format B, one or two of them', () => {
    deepEqual(withoutAnyChecksums(formatB(STRIPPED)), STRIPPED)
    deepEqual(withoutAnyChecksums(formatB(LONG)), LONG)
    equal(toHex(withoutChecksums(COMPACT) as Uint8Array).slice(0, 8), '23442d2c')
  })

  it('are taken off whatever the length, around the middle of format B too', () => {
    for (let length = 11; length < 233; length++) {
      const stripped = clearFrame(HEAT, `78${'a5'.repeat(length)}`)
      deepEqual(withoutChecksums(formatB(stripped)), stripped, `${length}`)
      deepEqual(withoutAnyChecksums(formatA(stripped)), stripped, `${length}`)
    }
  })

  it('hold where the second half is empty, and not where it is less', () => {
    /** A whole first half of 126 bytes, and behind it the checksum of no bytes as far as there is room. */
    const halved = (size: number, last: number) => {
      const bytes = new Uint8Array(size).fill(0xff)
      bytes.set(STRIPPED)
      bytes[0] = size - 1
      bytes[125] = last
      const crc = crc16En13757(bytes, 0, 126)
      bytes.set([crc >> 8, crc & 0xff], 126)
      return bytes
    }
    const expected = halved(130, 0).slice(0, 126)
    expected[0] = 125
    deepEqual(withoutChecksums(halved(130, 0)), expected)
    for (let last = 0; last < 256; last++) equal(withoutChecksums(halved(129, last)), 'dll-crc')
  })

  it('are taken off in format A, after each block', () => {
    deepEqual(withoutAnyChecksums(formatA(STRIPPED)), STRIPPED)
    deepEqual(withoutAnyChecksums(formatA(LONG)), LONG)
  })

  it('may have been taken off before, unless the frame came as format B', () => {
    deepEqual(withoutAnyChecksums(STRIPPED), STRIPPED)
    equal(withoutChecksums(STRIPPED), 'dll-crc')
    equal(withoutChecksums(flipped(COMPACT, 20)), 'dll-crc')
  })

  it('that do not hold refuse the frame in format A, whichever block it is', () => {
    const bytes = formatA(LONG)
    for (let at = 1; at < bytes.length; at++) equal(withoutAnyChecksums(flipped(bytes, at)), 'dll-crc')
  })

  it('that do not hold refuse the frame in format B, whichever half it is', () => {
    const bytes = formatB(LONG)
    for (let at = 1; at < bytes.length; at++) equal(withoutChecksums(flipped(bytes, at)), 'dll-crc')
  })

  it('cannot be where the length fits no format', () => {
    equal(withoutAnyChecksums(fromHex(`${toHex(COMPACT)}e8cb`)!), 'length-mismatch')
    equal(withoutChecksums(formatA(STRIPPED)), 'length-mismatch')
    equal(withoutAnyChecksums(fromHex('09442d2c785634121b16')!), 'length-mismatch')
    equal(withoutAnyChecksums(fromHex('0344000000')!.subarray(0, 4)), 'length-mismatch')
  })
})
