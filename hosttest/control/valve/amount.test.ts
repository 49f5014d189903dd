import { deepEqual, equal } from 'node:assert/strict'
import { amountText } from '../../../modules/codec/decimal.js'
import type { Result } from '../../../modules/codec/result.js'
import { parseAmount, totalOf } from '../../../modules/control/valve/amount.js'
import type { Reading } from '../../../modules/meters/meter.js'

function energy(value: string, unit: string): number | undefined {
  const reading: Reading = { serial: '1', quantities: { e1: { value, unit } } }
  return known(totalOf(reading, false))
}

function known(total: Result<number>): number | undefined {
  return total.ok ? total.value : undefined
}

function volume(value: string, unit: string): number | undefined {
  const reading: Reading = { serial: '1', quantities: { v1: { value, unit } } }
  return known(totalOf(reading, true))
}

describe('the total that a limit is compared with', () => {
  it('is whole kWh from any unit of energy, rounded down', () => {
    equal(energy('56.726', 'MWh'), 56726)
    equal(energy('56.7269', 'MWh'), 56726)
    equal(energy('56726', 'kWh'), 56726)
    equal(energy('9', 'Gj'), 2500)
    equal(energy('8.999', 'Gj'), 2499)
    equal(energy('18', 'GJ'), 5000)
  })

  it('is exact where a float is not', () => {
    equal(energy('16777217', 'kWh'), 16777217)
    equal(energy('4294967.295', 'MWh'), 4294967295)
    equal(energy('0.29', 'MWh'), 290)
    equal(volume('1.001', 'm3'), 1001)
    equal(volume('8.2', 'm3'), 8200)
  })

  it('is whole litres of a flow meter', () => {
    equal(volume('1321.27', 'm3'), 1321270)
  })

  it('is not known where the meter did not say, or in words that are no total', () => {
    deepEqual(totalOf({ serial: '1', quantities: {} }, false), { ok: false, error: 'e1: missing' })
    deepEqual(totalOf({ serial: '1', quantities: { v1: { value: '1', unit: 'gal' } } }, true), {
      ok: false,
      error: 'v1: the unit "gal" is not known',
    })
    deepEqual(totalOf({ serial: '1', quantities: { e1: { value: '-1', unit: 'kWh' } } }, false), {
      ok: false,
      error: 'e1: -1 kWh cannot be counted',
    })
    equal(energy('1', 'm3'), undefined)
    equal(energy('-1', 'kWh'), undefined)
    equal(energy('NaN', 'kWh'), undefined)
    for (const value of [
      '1 ',
      '1.',
      '1.5x',
      '1.5.',
      '1..5',
      ' 1',
      '+1',
      '1\n',
      '１',
      '1.😀',
      '.',
      '1e3',
      'x1',
      '.5',
      '',
    ])
      equal(energy(value, 'kWh'), undefined, value)
    for (const unit of ['', 'MW', 'kwh', 'unknown']) equal(energy('1', unit), undefined, unit)
    for (const unit of ['', 'm', 'L']) equal(volume('1', unit), undefined, unit)
    equal(energy('99999999999999999999', 'kWh'), undefined)
    equal(volume('1', 'ton'), undefined)
  })
})

describe('an amount to open for', () => {
  it('is a decimal number whose fraction is cut', () => {
    for (const [text, heat, flow] of [
      ['12345', 12345, 12345000],
      ['12345.67', 12345, 12345670],
      ['0', 0, 0],
      ['0.9999', 0, 999],
      [' 7 ', 7, 7000],
      ['+7', 7, 7000],
      ['7.', 7, 7000],
      ['0001.2', 1, 1200],
      ['4294967295', 4294967295, 4294967295000],
    ] as const) {
      equal(parseAmount(text, 0), heat, text)
      equal(parseAmount(text, 3), flow, text)
    }
  })

  it('is nothing else', () => {
    for (const text of [
      '',
      ' ',
      '-1',
      '-0',
      '-0.5',
      'abc',
      '1e3',
      '0x10',
      '1,5',
      '1.2.3',
      '12 kWh',
      '../../valve',
      '9'.repeat(17),
    ])
      equal(parseAmount(text, 0), undefined, text)
  })

  it('may have blanks of every kind around it, and none within', () => {
    const blanks = '\t\n\v\f\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'
    equal(parseAmount(`${blanks}+12.5${blanks}`, 3), 12500)
    for (const blank of blanks) {
      equal(parseAmount(`${blank}7${blank}`, 0), 7, JSON.stringify(blank))
      for (const text of [`+${blank}7`, `7${blank}.5`, `7.${blank}5`, `7${blank}7`, blank])
        equal(parseAmount(text, 0), undefined, JSON.stringify(text))
    }
    for (const other of ['\0', '\u0085', '\u180e', '\u200b', '😀'])
      for (const text of [`${other}7`, `7${other}`]) equal(parseAmount(text, 0), undefined, JSON.stringify(text))
  })

  it('has one sign, one point and a digit before it', () => {
    for (const [text, litres] of [
      ['+0', 0],
      ['007', 7000],
      ['7.0009', 7000],
      ['9007199254740', 9007199254740000],
    ] as const)
      equal(parseAmount(text, 3), litres, text)
    for (const text of [
      '+',
      '.',
      '.5',
      '+.5',
      '++1',
      '+-1',
      '1+',
      '7..',
      '7.5.',
      '7.5+',
      '１',
      '7.５',
      '9007199254741',
    ])
      equal(parseAmount(text, 3), undefined, text)
  })

  it('is told in the unit it came in', () => {
    equal(amountText(60000, 0), '60000')
    equal(amountText(-5, 0), '-5')
    equal(amountText(1234, 3), '1.234')
    equal(amountText(-1, 3), '-0.001')
    equal(amountText(0, 3), '0.000')
  })
})
