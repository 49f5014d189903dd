import { deepEqual, equal } from 'node:assert/strict'
import { crc16 } from '../../modules/codec/crc16.js'
import { decimalText } from '../../modules/codec/decimal.js'
import { fromHex, hexDigits, toHex } from '../../modules/codec/hex.js'
import { byteLength, cutUtf8, decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import { Backoff } from '../../modules/time/backoff.js'

describe('hex', () => {
  it('writes lower case and reads both cases', () => {
    equal(toHex(Uint8Array.of(0, 0x9a, 0xff)), '009aff')
    deepEqual(fromHex('009AfF'), Uint8Array.of(0, 0x9a, 0xff))
    equal(toHex(Uint8Array.of(1, 2, 3, 4), 1, 3), '0203')
  })

  it('writes a number with so many digits at least', () => {
    deepEqual([hexDigits(10), hexDigits(0xfcb8), hexDigits(0x23, 4), hexDigits(0)], ['0a', 'fcb8', '0023', '00'])
  })

  it('refuses what is not hex', () => {
    for (const text of ['0', '0g', ' 0', '0x', 'ÿÿ', '`0', '/:', '０１', '0Ā']) equal(fromHex(text), undefined, text)
  })
})

describe('crc16', () => {
  it('gives the check values of XMODEM and CCITT-FALSE', () => {
    const digits = encodeUtf8('123456789')
    equal(crc16(digits, 0, 9), 0x31c3)
    equal(crc16(digits, 0, 9, 0xffff), 0x29b1)
  })

  it('is zero over a message with its checksum', () => {
    equal(crc16(fromHex('3f0235e9')!, 0, 4), 0)
  })
})

describe('decimal text', () => {
  it('keeps every digit the meter sent', () => {
    equal(decimalText(false, 2361, -2), '23.61')
    equal(decimalText(false, 7, -3), '0.007')
    equal(decimalText(false, 0, -1), '0.0')
    equal(decimalText(true, 5, -2), '-0.05')
    equal(decimalText(true, 0, -1), '-0.0')
    equal(decimalText(false, 12, 1), '120')
    equal(decimalText(false, 0, 5), '0')
    equal(decimalText(false, 4294967295, 0), '4294967295')
    equal(decimalText(false, 4294967295, 9), '4294967295000000000')
    equal(decimalText(false, 1, -9), '0.000000001')
  })
})

describe('utf-8', () => {
  const LONG = 'minute=*&hour=4&command=close '.repeat(5)
  const texts = ['', 'Loppen Public', 'blåbærgrød', 'Ωμέγα €', 'ﬀ日本', '🔥 8.915 m³', '한🔥글🔥', 'a\0b']

  it('comes back as it was', () => {
    for (const text of texts) {
      equal(decodeUtf8(encodeUtf8(text)), text)
      equal(encodeUtf8(text).length, byteLength(text))
      const long = `${LONG}${text}${LONG}`
      const bytes = encodeUtf8(`>${long}<`)
      equal(decodeUtf8(bytes.subarray(1), 0, bytes.length - 2), long)
    }
  })

  it('is the standard encoding', () => {
    equal(toHex(encodeUtf8('å€🔥')), 'c3a5e282acf09f94a5')
  })

  it('is read to its last character, however many in a row are not ASCII', () => {
    for (const start of ['', '€', '🔥'])
      for (let length = 0; length < 60; length++)
        for (const character of ['ø', '🔥']) {
          const text = start + 'Ω'.repeat(length) + character
          equal(decodeUtf8(encodeUtf8(text)), text)
        }
  })

  it('has a first and a last character of each length', () => {
    for (const [point, hex] of [
      [0x7f, '7f'],
      [0x80, 'c280'],
      [0xb0, 'c2b0'],
      [0x7ff, 'dfbf'],
      [0x800, 'e0a080'],
      [0xd7ff, 'ed9fbf'],
      [0xe000, 'ee8080'],
      [0xffff, 'efbfbf'],
      [0x10000, 'f0908080'],
      [0x10ffff, 'f48fbfbf'],
    ] as const) {
      equal(toHex(encodeUtf8(String.fromCodePoint(point))), hex)
      equal(decodeUtf8(fromHex(hex)!), String.fromCodePoint(point), hex)
    }
  })

  it('is not read beyond its end', () => {
    const bytes = encodeUtf8('ø€å')
    equal(decodeUtf8(bytes, 0, 2), 'ø')
    equal(decodeUtf8(bytes, 2, 4), 'â\x82')
    const text = 'minute=*&hour=4&command=close &&'
    for (let start = 0; start <= text.length; start++)
      for (let end = start; end <= text.length; end++)
        equal(decodeUtf8(encodeUtf8(text), start, end), text.slice(start, end))
  })

  it('replaces what is not well formed, and nothing else', () => {
    for (const [hex, text] of [
      ['ff41', 'ÿA'],
      ['c3', 'Ã'],
      ['c341', 'ÃA'],
      ['e282', 'â\x82'],
      ['c080', 'À\x80'],
      ['eda080', 'í\xa0\x80'],
      ['f4908080', 'ô\x90\x80\x80'],
      ['80', '\x80'],
      ['536df8726875', 'Smørhu'],
      ['536dc3b8f8', 'Smøø'],
      ['c3b880', 'ø\x80'],
      ['a3a5', '£¥'],
      ['bfbf', '¿¿'],
      ['c1bf', 'Á¿'],
      ['e09fbf', 'à\x9f¿'],
      ['edbfbf', 'í¿¿'],
      ['f08fbfbf', 'ð\x8f¿¿'],
      ['f8908080', 'ø\x90\x80\x80'],
    ] as const) {
      equal(decodeUtf8(fromHex(hex)!), text, hex)
      equal(decodeUtf8(fromHex(`${'41'.repeat(100)}${hex}`)!), `${'A'.repeat(100)}${text}`, hex)
    }
    equal(toHex(encodeUtf8('\ud800a')), 'efbfbd61')
  })
})

describe('a text that is cut to a number of bytes', () => {
  it('keeps as many characters as there is room for, and none in part', () => {
    for (const [text, limit, kept] of [
      ['abc', 3, 'abc'],
      ['abc', 2, 'ab'],
      ['abc', 0, ''],
      ['', 0, ''],
      ['øøø', 6, 'øøø'],
      ['øøø', 5, 'øø'],
      ['x🔥🔥', 9, 'x🔥🔥'],
      ['x🔥🔥', 8, 'x🔥'],
      ['x🔥🔥', 5, 'x🔥'],
      ['x🔥🔥', 4, 'x'],
      ['🔥', 3, ''],
      ['€🔥', 6, '€'],
      ['x\u{10000}', 4, 'x'],
      ['x\u{10ffff}', 4, 'x'],
    ] as const)
      equal(cutUtf8(text, limit), kept, `${text} ${limit}`)
  })
})

describe('back-off', () => {
  it('doubles up to its limit and starts anew', () => {
    const backoff = new Backoff(1000, 8000, () => 1)
    deepEqual(
      [1, 2, 3, 4, 5].map(() => backoff.next()),
      [1000, 2000, 4000, 8000, 8000],
    )
    backoff.reset()
    equal(backoff.next(), 1000)
  })

  it('is shortened by at most a half', () => {
    equal(new Backoff(1000, 8000, () => 0).next(), 500)
  })
})
