import { deepEqual, equal } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { headersOf } from '../../modules/wmbus/compact.js'
import { type DecodeOptions, decodeTelegram } from '../../modules/wmbus/decode.js'
import { diagnose } from '../../modules/wmbus/diagnose.js'
import type { RecordKey } from '../../modules/wmbus/record-key.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { recordValue, valueText } from '../../modules/wmbus/value.js'
import {
  CAPTURED,
  COMPACT,
  clearFrame,
  compactFrame,
  FULL,
  formatA,
  formatB,
  frame,
  sum,
  WATER,
  ZEROS,
} from './frames.js'

const TOTAL: RecordKey = { of: 'volume' }
const PAYLOAD = '780413d3220000'

/** A frame that meter and decoder encrypt with a key stream of zeros. */
function sent(payload: string): Uint8Array {
  return formatB(clearFrame(WATER, payload))
}

function decode(bytes: Uint8Array, options: Partial<DecodeOptions> = {}) {
  return decodeTelegram(bytes, { ...ZEROS, signatures: new Signatures(), ...options })
}

function result(bytes: Uint8Array): string {
  return decode(bytes).result
}

function total(bytes: Uint8Array, options: Partial<DecodeOptions> = {}): string {
  const telegram = decode(bytes, options)
  const cursor = telegram.find(TOTAL)
  return cursor === undefined ? telegram.result : valueText(recordValue(cursor)!)
}

describe('a telegram that a device hears', () => {
  it('is decrypted and read, full or compact', () => {
    const signatures = new Signatures()
    equal(decode(COMPACT, { ...CAPTURED, signatures }).result, 'unknown-signature')
    const full = decode(FULL, { ...CAPTURED, signatures })
    signatures.learn(headersOf(full.data!.bytes, full.data!.start))
    deepEqual(
      [full.result, full.isCompact, full.id, full.model, full.sessionNumber],
      ['ok', false, '74493770', 0x2c2d1f16, 0x2101db50],
    )
    equal(total(FULL, CAPTURED), '8.915')
    const compact = decode(COMPACT, { ...CAPTURED, signatures })
    deepEqual([compact.result, compact.isCompact, compact.sessionNumber], ['ok', true, 0x210223c2])
    equal(total(COMPACT, { ...CAPTURED, signatures }), '8.915')
  })

  it('stays as it was in the hands of the caller', () => {
    const before = toHex(FULL)
    decode(FULL, CAPTURED)
    equal(toHex(FULL), before)
  })

  it('may have a transport header', () => {
    for (const header of ['78', '7a01000000', '72785634122d2c1b1601000000'])
      equal(total(sent(`${header}0413d3220000`)), '8.915', header)
    const signatures = new Signatures()
    signatures.learn(fromHex('0413')!)
    const values = toHex(compactFrame(WATER, '0413', ['d4220000'])).slice(40)
    for (const header of ['79', '7b01000000', '73785634122d2c1b1601000000'])
      equal(total(sent(header + values), { signatures }), '8.916', header)
  })

  it('is not read when it is damaged, cut or of another format', () => {
    const damaged = FULL.slice()
    damaged[30]! ^= 1
    equal(decode(damaged, CAPTURED).result, 'dll-crc')
    for (let length = 0; length < FULL.length; length++)
      equal(decode(FULL.subarray(0, length), CAPTURED).result, 'length-mismatch')
    equal(result(clearFrame(WATER, PAYLOAD)), 'dll-crc')
    equal(result(formatA(clearFrame(WATER, PAYLOAD))), 'length-mismatch')
  })

  it('is none that anybody can send who has no key', () => {
    const open = { key: undefined, crypto: ZEROS.crypto, signatures: new Signatures() }
    const notEncrypted = formatB(frame(WATER, `8d200110000000${sum(PAYLOAD)}${PAYLOAD}`))
    for (const bytes of [formatB(frame(WATER, PAYLOAD)), formatB(frame(WATER, `8c2001${PAYLOAD}`)), notEncrypted])
      deepEqual([diagnose(bytes, open).result, result(bytes)], ['ok', 'unsupported-encryption'])
    const saysSo = sent(PAYLOAD)
    deepEqual([diagnose(saysSo, open).result, decode(saysSo, CAPTURED).result], ['ok', 'payload-crc'])
  })

  it('fails with the first check that does not hold', () => {
    equal(decode(Uint8Array.of(9, 0x44, 0x2d, 0x2c, 1, 2, 3, 4, 5, 6)).result, 'length-mismatch')
    equal(result(formatB(frame(WATER, '8d200110000020'))), 'payload-crc')
    equal(result(formatB(frame(WATER, '8d2001'))), 'payload-crc')
    equal(result(formatB(frame(WATER, '8d200110000020ffff'))), 'payload-crc', 'the checksum of no bytes')
    equal(result(formatB(frame(WATER, `8d200110000040${sum(PAYLOAD)}${PAYLOAD}`))), 'unsupported-encryption')
    equal(result(sent('a00413d3220000')), 'unknown-ci')
    equal(result(sent('7a0100')), 'truncated-header')
    equal(result(sent('7a01000005')), 'unsupported-encryption')
    equal(result(sent('790102')), 'truncated-header')
    equal(result(sent('79341200000000')), 'unknown-signature')
    equal(result(sent('780413d322')), 'truncated')
  })

  it('is not read when the values of a compact frame do not fit its headers', () => {
    const signatures = new Signatures()
    signatures.learn(fromHex('0413')!)
    const compact = toHex(compactFrame(WATER, '0413', ['d4220000'])).slice(38)
    equal(total(sent(compact), { signatures }), '8.916')
    for (const other of [`${compact}00`, compact.slice(0, -2), compact.replace('d4', 'd5')])
      equal(total(sent(other), { signatures }), 'data-crc')
  })
})
