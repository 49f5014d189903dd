import { deepEqual, equal } from 'node:assert/strict'
import { hasOnly, isDigits, span } from '../../modules/codec/characters.js'
import { isHex } from '../../modules/codec/hex.js'

describe('characters', () => {
  it('are counted from a place on while they lie in the ranges', () => {
    deepEqual(
      [
        span('ab12c', 2, '09'),
        span('ab12c', 0, '09'),
        span('ab12c', 0, '09az'),
        span('ab', 2, 'az'),
        span('', 0, 'az'),
      ],
      [2, 0, 5, 0, 0],
    )
    equal(span('a_b-ø', 0, 'az__--'), 4)
    equal(span('/09:', 1, '09'), 2)
  })

  it('are all in the ranges, or are not', () => {
    deepEqual(
      [hasOnly('', '09'), hasOnly('12', '09'), hasOnly('1😀', '09'), hasOnly('~ ', ' ~')],
      [true, true, false, true],
    )
  })

  it('are hex digits, just so many', () => {
    deepEqual(
      ['0aF9', '0aF', '0aF90', '0aG9', '0a 9', '', '0aø9', '0a🔥'].map((text) => isHex(text, 4)),
      [true, false, false, false, false, false, false, false],
    )
    equal(isHex('', 0), true)
  })

  it('are digits, some but not too many', () => {
    deepEqual(
      ['', '0', '007', '1a', '１', '12345'].map((text) => isDigits(text, 4)),
      [false, true, true, false, false, false],
    )
    equal(isDigits('1'.repeat(30)), true)
  })
})
