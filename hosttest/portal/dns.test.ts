import { equal, ok } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { answerQuery } from '../../modules/portal/dns.js'

const ADDRESS = [192, 168, 4, 1]
const NAME = '0763617074697665056170706c6503636f6d00'
const A = '00010001'
/** EDNS with 1232 bytes and a cookie, as Linux sends it. */
const EDNS = '00002904d000000000000c000a00081234567890abcdef'

function answer(query: string): string | undefined {
  const bytes = answerQuery(fromHex(query)!, ADDRESS)
  return bytes && toHex(bytes)
}

describe('the captive name server', () => {
  it('answers every IPv4 query with the portal', () => {
    equal(
      answer(`abcd01000001000000000000${NAME}${A}`),
      `abcd85000001000100000000${NAME}${A}c00c00010001000000000004c0a80401`,
    )
  })

  it('answers one for anything there is', () => {
    equal(
      answer(`abcd01000001000000000000${NAME}00ff0001`),
      `abcd85000001000100000000${NAME}00ff0001c00c00010001000000000004c0a80401`,
    )
  })

  it('answers for the longest name and label, in the longest message', () => {
    const label = (length: number) => length.toString(16).padStart(2, '0') + '61'.repeat(length)
    const query = (name: string, rest = '') => `abcd01000001000000000000${name}00${A}${rest}`
    const longest = label(63) + label(63) + label(63) + label(61)
    ok(answer(query(longest)))
    equal(answer(query(`${label(63)}${label(63)}${label(63)}${label(62)}`)), undefined)
    equal(answer(query(label(64))), undefined)
    const filled = (length: number) => query(longest, '00'.repeat(length - query(longest).length / 2))
    ok(answer(filled(512)))
    equal(answer(filled(513)), undefined)
  })

  it('answers one with EDNS, and does not speak EDNS itself', () => {
    equal(
      answer(`abcd01200001000000000001${NAME}${A}${EDNS}`),
      `abcd85000001000100000000${NAME}${A}c00c00010001000000000004c0a80401`,
    )
  })

  it('knows no other record of any name', () => {
    for (const type of ['001c', '0041', '0010', '000c', '0002'])
      equal(answer(`000101000001000000000000${NAME}${type}0001`), `000185000001000000000000${NAME}${type}0001`)
    equal(answer(`000101000001000000000000${NAME}00010003`), `000185000001000000000000${NAME}00010003`)
  })

  it('is silent to what is no query', () => {
    const query = `abcd01000001000000000000${NAME}${A}`
    for (let length = 0; length < query.length; length += 2) equal(answer(query.slice(0, length)), undefined)
    equal(answer(`abcd85000001000000000000${NAME}${A}`), undefined)
    equal(answer(`abcd29000001000000000000${NAME}${A}`), undefined)
    equal(answer(`abcd03000001000000000000${NAME}${A}`), undefined)
    equal(answer(`abcd01000002000000000000${NAME}${A}${NAME}${A}`), undefined)
    equal(answer(`abcd01000001000100000000${NAME}${A}`), undefined)
    equal(answer(`abcd01000001000000000000c00c${A}`), undefined)
    equal(answer(`abcd01000001000000000000${`3f${'61'.repeat(63)}`.repeat(5)}00${A}`), undefined)
    equal(answer(`abcd01000001000000000000${NAME}${A}${'00'.repeat(600)}`), undefined)
  })
})
