import { deepEqual, equal } from 'node:assert/strict'
import { isDigits } from '../../modules/codec/characters.js'
import { decimalText } from '../../modules/codec/decimal.js'
import { parseFingerprint } from '../../modules/codec/fingerprint.js'
import { hasOwn } from '../../modules/codec/has-own.js'
import { toHex } from '../../modules/codec/hex.js'
import { parseObject } from '../../modules/codec/json.js'
import { EXAMPLE_KEY, isExampleKey, parseMasterKey } from '../../modules/codec/master-key.js'
import { escaped, pairsText, parsePairs, unescaped } from '../../modules/codec/pairs.js'
import { isWpaPassword } from '../../modules/codec/wpa.js'

describe("a certificate's fingerprint", () => {
  const digits = '0123456789abcdef'.repeat(4)
  const colons = digits.toUpperCase().match(/../g)!.join(':')

  it('is 64 hex digits, with colons between its bytes or without', () => {
    equal(parseFingerprint(digits), digits)
    equal(parseFingerprint(digits.toUpperCase()), digits)
    equal(parseFingerprint(colons), digits)
  })

  it('is taken away by the word `none` alone', () => {
    equal(parseFingerprint('none'), '')
    for (const text of ['', 'None', ' none', 'none ', 'no', ':']) equal(parseFingerprint(text), undefined, text)
  })

  it('is nothing else', () => {
    for (const text of [
      digits.slice(1),
      `${digits}0`,
      ` ${digits}`,
      `${digits} `,
      `${digits}\n`,
      digits.replace('a', 'g'),
      `x${colons}`,
      `${colons}:`,
      `${colons}:00`,
      colons.slice(3),
      colons.replace(':', ''),
      colons.replace(':', '-'),
      colons.replace('AB', 'GB'),
      colons.slice(0, -1),
      `${digits.slice(2)}:0`,
      `${colons.slice(0, 4)}:${colons.slice(4)}`,
      colons.replace('01:23', '012:3'),
      colons.replace(':45:', ':45-'),
      digits.replace('9', ':'),
      digits.replace('9', '@'),
      digits.replace('a', '`'),
      digits.replace('0', '０'),
      digits.replace('01', '😀'),
      `${digits}${digits}`,
    ])
      equal(parseFingerprint(text), undefined, text)
  })
})

describe('a master key', () => {
  const read = (text: string) => {
    const key = parseMasterKey(text)
    return key.ok ? toHex(key.value) : key.error
  }

  it('is 32 hex digits, and the error does not show it', () => {
    equal(read('00112233445566778899AABBCCDDEEFF'), '00112233445566778899aabbccddeeff')
    equal(read('0011'), 'expected 32 hex digits, got 4 characters')
    equal(read('00'.repeat(17)), 'expected 32 hex digits, got 34 characters')
    equal(read(`${'00'.repeat(15)}0g`), 'expected 32 hex digits, got other characters among them')
  })

  it('protects nothing when everybody knows it or would try it first', () => {
    const isExample = (text: string) => {
      const key = parseMasterKey(text)
      return key.ok && isExampleKey(key.value)
    }
    for (const text of [
      EXAMPLE_KEY,
      '2b7e151628aed2a6abf7158809cf4f3c',
      '00'.repeat(16),
      'ff'.repeat(16),
      '5a'.repeat(16),
    ])
      equal(isExample(text), true, text)
    for (const text of ['0f500c9268cf749016d26d6cbfaaf7bf', `${'00'.repeat(15)}01`, `01${'00'.repeat(15)}`])
      equal(isExample(text), false, text)
  })
})

describe('a text of pairs', () => {
  it('comes back as it was, whatever stands in the values', () => {
    const pairs = { ssid: 'a&b=c', password: '==&&', empty: '', plain: 'x' }
    equal(pairsText(pairs), 'ssid=a%26b%3Dc&password=%3D%3D%26%26&empty=&plain=x')
    deepEqual(Object.fromEntries(parsePairs(pairsText(pairs))), pairs)
    equal(unescaped(escaped('a=b&c=d&')), 'a=b&c=d&')
  })

  it('is read as others may write it', () => {
    deepEqual(parsePairs('a=b=c&flag&&x=%3d%3D&='), [
      ['a', 'b=c'],
      ['flag', ''],
      ['x', '=='],
      ['', ''],
    ])
    deepEqual(parsePairs(''), [])
    for (const [text, value] of [
      ['', ''],
      ['%3D%3d%26', '==&'],
      ['%%3d3d', '%=3d'],
      ['%%263d', '%&3d'],
      ['%2%366', '%2%366'],
      ['%3%3Dd', '%3=d'],
      ['%2526%3', '%2526%3'],
      ['ø%3D😀%26\n', 'ø=😀&\n'],
    ] as const)
      equal(unescaped(text), value, text)
  })
})

describe('a text of JSON', () => {
  it('is an object or nothing', () => {
    deepEqual(parseObject('{"a":1}'), { a: 1 })
    for (const text of ['', '{', 'null', 'true', '1', '"a"']) equal(parseObject(text), undefined, text)
  })
})

describe('a name from outside', () => {
  it('is that of a property only where the object has it itself', () => {
    const inherited = Object.assign(Object.create({ above: 1 }), { open: 1, close: undefined })
    deepEqual(
      ['open', 'close', 'above', 'toString', 'constructor', '__proto__', '', 'ope'].map((name) =>
        hasOwn(inherited, name),
      ),
      [true, true, false, false, false, false, false, false],
    )
  })
})

describe('a password of a network', () => {
  it('is 8 to 63 characters that every keyboard has', () => {
    for (const text of ['12345678', 'a b~!  c', 'x'.repeat(63)]) equal(isWpaPassword(text), true, text)
    for (const text of [
      '',
      '1234567',
      'x'.repeat(64),
      'smørrebrød',
      'ø12345678',
      '12345678\n',
      '\t12345678',
      '1234\x7f5678',
      '1234\x1f5678',
      '12345678\0',
      '12345678😀',
      '１２３４５６７８',
    ])
      equal(isWpaPassword(text), false, text)
  })
})

describe('digits', () => {
  it('are decimal, and one at least', () => {
    for (const text of ['0', '9', '0123456789']) equal(isDigits(text), true, text)
    for (const text of ['', '/', ':', '1.2', '-1', '1e3', ' 1', '1 ', '٣']) equal(isDigits(text), false, text)
  })

  it('of a whole number have no point', () => {
    equal(decimalText(true, 12, 2), '-1200')
    equal(decimalText(true, 0, 0), '-0')
  })
})
