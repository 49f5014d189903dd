import { equal } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { expandCompact, headersOf } from '../../modules/wmbus/compact.js'

function expanded(headers: string, values: string): string {
  return toHex(expandCompact(fromHex(headers)!, fromHex(values)!, 1))
}

describe('the values of a compact frame', () => {
  it('go behind their headers in order', () => {
    equal(expanded('0413615b', 'ffd322000005'), '0413d3220000615b05')
    equal(expanded('00138101e7ff0f', 'ff1c'), '00138101e7ff0f1c', 'a record without a value')
    equal(expanded('', 'ff'), '')
  })

  it('are as many whole records as there are when they do not fit', () => {
    equal(expanded('0413615b', 'ffd3220000'), '0413d3220000')
    equal(expanded('04134413615b', 'ffd3220000552100'), '0413d3220000')
    equal(expanded('0413', 'ff'), '')
    equal(expanded('04130d78615b', 'ffd3220000014105'), '0413d3220000', 'a length that the header does not say')
    equal(expanded('0413615b', 'ffd32200000505'), '0413d3220000615b05')
  })
})

describe('the headers of a full frame', () => {
  it('are those of its whole records', () => {
    equal(toHex(headersOf(fromHex('ff0413d32200002f8101e7ff0f1c0413d3')!, 1)), '04138101e7ff0f')
  })
})
