import { equal } from 'node:assert/strict'
import { parseReading } from '../../modules/portal/field-values.js'
import { FIELDS } from '../../modules/portal/fields.js'
import { NO_FORM } from '../../modules/portal/form.js'
import { DA } from '../../modules/portal/texts/da.js'
import { EN } from '../../modules/portal/texts/en.js'

const DIGITS_20 = '12345678901234567890'

describe('what is typed into a field', () => {
  it('is a reading', () => {
    for (const [text, expected] of [
      ['0', 0],
      ['007', 7000],
      ['1.', 1000],
      ['1,', 1000],
      ['999999999', 999_999_999_000],
      [`1.${DIGITS_20}`, 1123],
      ['1.2', 1200],
      ['1.234', 1234],
      ['0.234', 234],
      ['1234.567', 1_234_567],
      ['1.234,', 1_234_000],
      ['1.234,5', 1_234_500],
      ['1,234.5678', 1_234_567],
      [`1,234.${DIGITS_20}`, 1_234_123],
      ['12.345.678', 12_345_678_000],
      ['123,456,789', 123_456_789_000],
      ['123,456,789.1', 123_456_789_100],
      ['', undefined],
      ['.', undefined],
      [',5', undefined],
      ['-1', undefined],
      ['1e3', undefined],
      [' 1', undefined],
      ['1\n', undefined],
      ['1234567890', undefined],
      [`1.${DIGITS_20}1`, undefined],
      [`1,234.${DIGITS_20}1`, undefined],
      ['1.234.567.890', undefined],
      ['0.234.567', undefined],
      ['0.234,5', undefined],
      ['1234.567.890', undefined],
      ['1234.567,8', undefined],
      ['1.23.456', undefined],
      ['1.2345.678', undefined],
      ['1.234.56', undefined],
      ['1.234.5678', undefined],
      ['1.234.', undefined],
      ['1.234,5.6', undefined],
      ['1.234,567.8', undefined],
      ['1,234,5', undefined],
      ['1..5', undefined],
      ['1.,5', undefined],
      ['1x234', undefined],
      ['1x234x567', undefined],
      ['1.234x5', undefined],
      ['1.5x', undefined],
      ['\u0661', undefined],
      ['1.\u0661', undefined],
      ['1\u{1f600}', undefined],
      ['\u00e9', undefined],
    ] as const)
      equal(parseReading(text, NO_FORM), expected, text)
  })

  it('is a reading with the sign of the page before decimals, where it could be two', () => {
    for (const [text, decimal, expected] of [
      ['1.234', '.', 1234],
      ['1.234', ',', undefined],
      ['123,456', '.', undefined],
      ['123,456', ',', 123_456],
      ['123,456', 'x', undefined],
      ['1.23', ',', 1230],
      ['0.234', ',', 234],
      ['1234.567', ',', 1_234_567],
      ['1.2345', ',', 1234],
      ['1.234.567', '.', 1_234_567_000],
      ['1.234,5', '.', 1_234_500],
      ['1234', ',', 1_234_000],
    ] as const)
      equal(parseReading(text, new Map([['decimal', decimal]])), expected, `${text} ${decimal}`)
  })

  for (const [setting, right, wrong] of [
    ['ownSerial', ['0', '12345678', '1'.repeat(40)], ['', '1a', ' 1', '1\n', '-1', '\u0661']],
    [
      'impulseSerial',
      ['a', 'azAZ09._-', '-'],
      ['', 'a b', 'a\n', 'a/', '@', '[', '`', '\u00e9', '\u{1f600}', '\u212a'],
    ],
    ['impulsesPerUnit', ['1', '0010', '99999999'], ['', '0', '000', '1.5', '1e3', '-1', '\u0661']],
    ['waterId', ['00000000', '12345678'], ['', '1234567', '123456789', '1234567a', '12345678\n', '1234567\u0661']],
    [
      'waterKey',
      ['0123456789abcdefABCDEF0123456789'],
      ['', '0'.repeat(31), '0'.repeat(33), `${'0'.repeat(31)}g`, `${'0'.repeat(31)}\n`, `${'0'.repeat(30)}\u{1f600}`],
    ],
  ] as const)
    it(`is right or wrong for ${setting}`, () => {
      const { parse } = FIELDS.find((field) => field.setting === setting)!
      for (const text of right) equal(parse(text, NO_FORM), setting === 'impulsesPerUnit' ? Number(text) : text, text)
      for (const text of wrong) equal(parse(text, NO_FORM), undefined, JSON.stringify(text))
    })

  it('may have the signs that the page names, and no others, in the serial number of an impulse meter', () => {
    const { parse } = FIELDS.find((field) => field.setting === 'impulseSerial')!
    const ascii = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i))
    // The page has a comma in its own sentence.
    const signs = ascii.filter((sign) => /\W|_/.test(sign) && sign !== ',')
    for (const { code, errors } of [EN, DA])
      for (const sign of signs)
        equal(errors.wrongSerial.includes(sign), parse(sign, NO_FORM) !== undefined, `${code} ${sign}`)
  })
})
