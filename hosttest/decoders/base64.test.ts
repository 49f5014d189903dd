import { deepEqual, equal } from 'node:assert/strict'
import { fromBase64 } from '../../decoders/base64.js'

describe('base64', () => {
  it('is read as Node reads it, at every length', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + length * 7) & 0xff)
      deepEqual(fromBase64(Buffer.from(bytes).toString('base64')), bytes)
    }
  })

  it('is nothing else', () => {
    for (const text of ['A', 'AA', 'AAA', 'AAAAA', 'A===', '====', 'AA=A', '=AAA', 'AA-A', 'AA A', 'AAA\n', 'AAAé'])
      equal(fromBase64(text), undefined, text)
  })
})
