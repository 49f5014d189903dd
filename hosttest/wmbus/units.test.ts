import { deepEqual, equal } from 'node:assert/strict'
import { type DiagnosedTelegram, diagnose } from '../../modules/wmbus/diagnose.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { valueText } from '../../modules/wmbus/value.js'
import { stubCrypto } from '../support/crypto.js'
import { clearFrame, WATER } from './frames.js'

/** A full frame of these records: header, a blank, value. */
function telegram(address: string, ...records: string[]): DiagnosedTelegram {
  const payload = `78${records.join('').replaceAll(' ', '')}`
  return diagnose(clearFrame(address, payload), {
    key: undefined,
    crypto: stubCrypto,
    signatures: new Signatures(),
  })
}

describe('the unit of a record', () => {
  it('follows from its VIF, at both ends of each range', () => {
    const rows: readonly (readonly [vif: string, value: string, unit: string])[] = [
      ['10', '0.000001', 'm3'],
      ['17', '10', 'm3'],
      ['38', '0.000001', 'm3/h'],
      ['3f', '10', 'm3/h'],
      ['58', '0.001', 'C'],
      ['5b', '1', 'C'],
      ['5c', '0.001', 'C'],
      ['5f', '1', 'C'],
      ['60', '0.001', 'K'],
      ['63', '1', 'K'],
      ['64', '0.001', 'C'],
      ['67', '1', 'C'],
      ['68', '0.001', 'bar'],
      ['6b', '1', 'bar'],
      ['00', '0.000001', 'kWh'],
      ['07', '10', 'kWh'],
      ['0e', '0.277778', 'kWh'],
      ['0f', '2.777778', 'kWh'],
      ['fb00', '100', 'kWh'],
      ['fb01', '1000', 'kWh'],
      ['fb08', '27.777778', 'kWh'],
      ['fb09', '277.777778', 'kWh'],
      ['28', '0.000001', 'kW'],
      ['2f', '10', 'kW'],
      ['20', '0.000278', 'h'],
      ['21', '0.016667', 'h'],
      ['22', '1', 'h'],
      ['23', '24', 'h'],
      ['24', '0.000278', 'h'],
      ['25', '0.016667', 'h'],
      ['26', '1', 'h'],
      ['27', '24', 'h'],
      ['6c', '1', ''],
      ['78', '1', ''],
      ['79', '00000001', ''],
      ['ff07', '1', 'm3C'],
      ['ff08', '1', 'm3C'],
      ['ff20', '1', ''],
      ['ff22', '1', ''],
      ['ff23', '1', ''],
      ['fd17', '1', ''],
      // No more than numbers: the codes beside the ranges.
      ['18', '1', ''],
      ['30', '1', ''],
      ['37', '1', ''],
      ['40', '1', ''],
      ['6e', '1', ''],
      ['fb02', '1', ''],
      ['fb07', '1', ''],
      ['fb0a', '1', ''],
      ['ff09', '1', ''],
    ]
    for (const [vif, text, unit] of rows) {
      const { value, ...record } = telegram(WATER, `04${vif} 01000000`).records[0]!
      deepEqual([valueText(value!), record.unit], [text, unit], vif)
    }
    equal(telegram(WATER, '046d 1e0cbf28').records[0]!.unit, '')
  })
})

describe('the value of a record', () => {
  it('has the highest bit of a state for what it is: neither a sign nor a missing value', () => {
    for (const vif of ['ff20', 'ff22', 'ff23', 'fd17'])
      equal(valueText(telegram(WATER, `04${vif} 00000080`).records[0]!.value!), '2147483648', vif)
  })

  it('stays as it was sent where it is joules that no exact number holds', () => {
    const [last, next] = ['ffffffffffff1f00', '0000000000002000'].map(
      (raw) => telegram(WATER, `0708 ${raw}`).records[0]!.value!,
    )
    deepEqual([valueText(last!), valueText(next!)], ['2501999792.983609', '0000000000002000'])
  })
})
