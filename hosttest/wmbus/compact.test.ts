import { equal } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { expandCompact, headersOf } from '../../modules/wmbus/compact.js'

function expanded(headers: string, values: string, isCut?: boolean): string | undefined {
  const records = expandCompact(fromHex(headers)!, fromHex(values)!, 1, isCut)
  return records && toHex(records)
}

describe('the values of a compact frame', () => {
  it('go behind their headers in order', () => {
    equal(expanded('0413615b', 'ffd322000005'), '0413d3220000615b05')
    equal(expanded('00138101e7ff0f', 'ff1c'), '00138101e7ff0f1c', 'a record without a value')
    equal(expanded('', 'ff'), '')
  })

  it('have to fit them to the byte', () => {
    equal(expanded('0413615b', 'ffd3220000'), undefined)
    equal(expanded('0413615b', 'ffd32200000505'), undefined)
    equal(expanded('04130d78', 'ffd32200000141'), undefined, 'a length that the header does not say')
  })

  it('are as many whole records as there are of a frame that was cut', () => {
    equal(expanded('0413615b', 'ffd3220000', true), '0413d3220000')
    equal(expanded('04134413615b', 'ffd3220000552100', true), '0413d3220000')
    equal(expanded('0413', 'ff', true), '')
    equal(expanded('04130d78615b', 'ffd3220000014105', true), '0413d3220000')
  })
})

describe('the headers of a full frame', () => {
  it('are those of its whole records', () => {
    equal(toHex(headersOf(fromHex('ff0413d32200002f8101e7ff0f1c0413d3')!, 1)), '04138101e7ff0f')
  })
})
