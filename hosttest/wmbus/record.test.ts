import { deepEqual, equal } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { RecordCursor } from '../../modules/wmbus/record-cursor.js'
import { recordValue, valueText } from '../../modules/wmbus/value.js'

function cursorAt(hex: string): RecordCursor {
  const cursor = new RecordCursor(fromHex(hex)!, 0)
  equal(cursor.next(), true, hex)
  return cursor
}

/** The text of the value of one record; undefined for none. */
function text(hex: string): string | undefined {
  const value = recordValue(cursorAt(hex))
  return value === undefined ? undefined : valueText(value)
}

/** Lengths of the values, and whether everything was understood. */
function walk(hex: string): [sizes: number[], isComplete: boolean] {
  const cursor = new RecordCursor(fromHex(hex)!, 0)
  const sizes: number[] = []
  while (cursor.next()) sizes.push(cursor.size)
  return [sizes, cursor.isComplete]
}

describe('a data record', () => {
  it('tells function, storage, tariff and subunit, from as many DIFE as there are', () => {
    const of = (hex: string) => {
      const { function: kind, storage, tariff, subunit, vif, modifier, size } = cursorAt(hex)
      return [kind, storage, tariff, subunit, vif, modifier, size]
    }
    deepEqual(of('0413d3220000'), [0, 0, 0, 0, 0x13, 0, 4])
    deepEqual(of('5167ff'), [1, 1, 0, 0, 0x67, 0, 1])
    deepEqual(of('a1015b21'), [2, 2, 0, 0, 0x5b, 0, 1])
    deepEqual(of('c480401400000000'), [0, 1, 0, 2, 0x14, 0, 4])
    deepEqual(of('84200e00000000'), [0, 0, 2, 0, 0x0e, 0, 4])
    deepEqual(of('8490200e00000000'), [0, 0, 9, 0, 0x0e, 0, 4])
    deepEqual(of('818f8f0f1300'), [0, 2 * 0xfff, 0, 0, 0x13, 0, 1])
    deepEqual(of('8101e7ff0f1c'), [0, 2, 0, 0, 0x67, 0xff0f, 1])
    deepEqual(of('04eeff0701000000'), [0, 0, 0, 0, 0x6e, 0xff07, 4])
    deepEqual(of('02ff204100'), [0, 0, 0, 0, 0xff20, 0, 2])
    deepEqual(of('04fb0913000000'), [0, 0, 0, 0, 0xfb09, 0, 4])
    deepEqual(of('04ab3c00000000'), [0, 0, 0, 0, 0x2b, 0x3c, 4])
  })

  it('follows on another, fillers between them', () => {
    deepEqual(walk('2f2f0413d32200002f615b7f2f2f'), [[4, 1], true])
    deepEqual(walk(''), [[], true])
    deepEqual(walk('00133013'), [[0, 0], true])
    deepEqual(walk('0d78034142430313000000'), [[4, 3], true])
    deepEqual(walk(`0d7814${'41'.repeat(20)}0313000000`), [[21, 3], true])
    deepEqual(walk('0d78c00313000000'), [[1, 3], true])
    deepEqual(walk('0d78c212340313000000'), [[3, 3], true])
    deepEqual(walk('0d78d1120d78e4aabbccdd0313000000'), [[2, 5, 3], true])
  })

  it('is the last before data of the manufacturer', () => {
    deepEqual(walk('0413d32200000fffff'), [[4], true])
    deepEqual(walk('0413d32200001f'), [[4], true])
  })

  it('that is cut, or not understood, is not a record', () => {
    for (const cut of ['04', '0413', '0413d32200', '84', '8480', '04ff', '04ee', '04eeff', '0d78', '0d7803aabb'])
      deepEqual(walk(`615b05${cut}`), [[1], false], cut)
    for (const strange of ['0d78f0', '3f1300', '7f1300']) deepEqual(walk(strange), [[], false], strange)
  })
})

describe('the value of a record', () => {
  it('has the decimals that the meter gives', () => {
    equal(text('0413d3220000'), '8.915')
    equal(text('0414f7680000'), '268.71')
    equal(text('041576040000'), '114.2')
    equal(text('041675000000'), '117')
    equal(text('041775000000'), '1170')
    equal(text('0404fb1a0300'), '2035.15')
    equal(text('0406051c0000'), '7173')
    equal(text('04fb0105000000'), '5000')
    equal(text('023beb00'), '0.235')
    equal(text('022d1300'), '1.9')
    equal(text('025981ff'), '-1.27')
    equal(text('0c1312345678'), '78563.412')
    equal(text('0c13123456f8'), '-8563.412')
    equal(text('0c1390345678'), '78563.490')
    equal(text('096512'), '0.12')
    equal(text('02590180'), '-327.67')
  })

  it('is converted to kWh and hours, six decimals rounded where that is not exact', () => {
    equal(text('040e2d0a0000'), '723.611111')
    equal(text('040e00000000'), '0')
    equal(text('040e12000000'), '5')
    equal(text('040e01000000'), '0.277778')
    equal(text('040fffffff7f'), '5965232352.777778')
    equal(text('040effffffff'), '-0.277778')
    equal(text('04fb0913000000'), '5277.777778')
    equal(text('04fb0809000000'), '250')
    equal(text('040801000000'), '0.000000')
    equal(text('042009000000'), '0.002500')
    equal(text('04205a000000'), '0.025000')
    equal(text('04213c000000'), '1')
    equal(text('042303000000'), '72')
    equal(text('060effffffffff7f'), 'FFFFFFFFFF7F')
  })

  it('stays raw beyond 2^53, and where its coding is no integer', () => {
    equal(text('0713ffffffffffff1f00'), '9007199254740.991')
    equal(text('0713ffffffffffffffff'), '-0.001')
    equal(text('0713000000000000e0ff'), '000000000000E0FF')
    equal(text('07130000000000002000'), '0000000000002000')
    equal(text('05130000803f'), '0000803F')
    equal(text('0c131234a678'), '1234A678')
    equal(text('0c13123a5678'), '123A5678')
    equal(text('0c1312f45678'), '12F45678')
    equal(text('0d7803414243'), '03414243')
  })

  it('is nothing where the meter measures nothing', () => {
    for (const hex of [
      '615b7f',
      '615b80',
      '615b81',
      '61677f',
      '023b0080',
      '041300000080',
      '426cffff',
      '426c0000',
      '0013',
    ])
      equal(text(hex), undefined, hex)
    equal(text('013080'), '-128', 'of what nobody knows it may be a number')
    equal(text('02ff200080'), '32768', 'of a state it is a bit')
    equal(text('0a130080'), '8.000', 'in decimal digits it is one')
    equal(text('096580'), '0.80')
    equal(text('02597f00'), '1.27')
    equal(text('01ff217f'), '127')
  })

  it('is a date, a time or an identification', () => {
    equal(text('426cbf28'), '2021-08-31')
    equal(text('026cca2c'), '2022-12-10')
    equal(text('426c2d10'), undefined)
    equal(text('426c2028'), undefined, 'day 0')
    equal(text('046cbf280000'), '10431', 'no date of this length is known')
    equal(text('026dbf28'), '10431')
    equal(text('046d1e0cbf28'), '2021-08-31 12:30')
    equal(text('046d3b17bf28'), '2021-08-31 23:59')
    equal(text('046d3b18bf28'), undefined)
    equal(text('046d3c17bf28'), undefined)
    equal(text('046d1e0c0000'), undefined)
    equal(text('0279abcd'), 'CDAB')
    equal(text('046d9e0cbf28'), undefined)
    equal(text('046d3d0cbf28'), undefined)
    equal(text('02f9ff151113'), '1311')
    equal(text('0c7870374974'), '74493770')
  })
})
