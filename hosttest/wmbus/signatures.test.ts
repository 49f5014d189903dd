import { deepEqual, equal } from 'node:assert/strict'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex } from '../../modules/codec/hex.js'
import { decodeTelegram } from '../../modules/wmbus/decode.js'
import { diagnose } from '../../modules/wmbus/diagnose.js'
import type { RecordKey } from '../../modules/wmbus/record-key.js'
import { knownHeader, Signatures } from '../../modules/wmbus/signatures.js'
import { recordValue, valueText } from '../../modules/wmbus/value.js'
import { stubCrypto } from '../support/crypto.js'
import { clearFrame, compactFrame, formatB, frame, WATER, ZEROS } from './frames.js'

const TOTAL: RecordKey = { of: 'volume' }
const KNOWN = [knownHeader('02ff2004134413')]
const HEADER = '0413 6167'
const FIRST = formatB(compactFrame(WATER, HEADER, ['d3220000', '10']))
const FULL_FRAME = formatB(clearFrame(WATER, '780413d5220000616712'))

const OPEN = { key: undefined, crypto: stubCrypto }

function total(bytes: Uint8Array, signatures = new Signatures()): string {
  const telegram = diagnose(bytes, { ...OPEN, signatures })
  const cursor = telegram.find(TOTAL)
  return cursor === undefined ? telegram.result : valueText(recordValue(cursor)!)
}

/** A header of this many records of 4 bytes, a different one for each number. */
function header(number: number, records = 1): Uint8Array {
  return fromHex(`06ff${(number + 0x40).toString(16)}`.repeat(records))!
}

describe('a signature', () => {
  it('is learned from a full frame, and told once that it has to be saved', () => {
    const signatures = new Signatures()
    equal(total(FIRST, signatures), 'unknown-signature')
    equal(total(FULL_FRAME, signatures), '8.917')
    equal(signatures.isUnsaved, true)
    const saved = signatures.toBytes()
    equal(signatures.isUnsaved, false)
    total(FULL_FRAME, signatures)
    equal(signatures.isUnsaved, false)
    equal(total(FIRST, Signatures.fromBytes(saved)), '8.915')
  })

  it('is not learned from one frame that a device hears', () => {
    const signatures = new Signatures()
    equal(decodeTelegram(FULL_FRAME, { ...ZEROS, signatures }).result, 'ok')
    equal(signatures.isUnsaved, false)
    equal(decodeTelegram(FIRST, { ...ZEROS, signatures }).result, 'unknown-signature')
  })

  it('is not learned from what no checksum covers, or whose values have no fixed length', () => {
    const signatures = new Signatures()
    const options = { key: undefined, crypto: stubCrypto, signatures }
    for (const payload of ['780d7803414243', '780413d52200000f01'])
      equal(diagnose(clearFrame(WATER, payload), options).result, 'ok')
    equal(diagnose(frame(WATER, '782f2f0413d5220000616712'), options).result, 'ok')
    equal(signatures.isUnsaved, false)
  })

  it('that is known of all meters is found, and not written to the flash', () => {
    const signatures = new Signatures(KNOWN)
    deepEqual(signatures.find(0xdd34), fromHex('02ff2004134413'))
    equal(signatures.find(0xdd35), undefined)
    diagnose(clearFrame(WATER, '7802ff2041000413d5220000441300000000'), {
      key: undefined,
      crypto: stubCrypto,
      signatures,
    })
    equal(signatures.isUnsaved, false)
  })

  it('is forgotten when eight others were learned after it', () => {
    const signatures = new Signatures()
    for (let i = 0; i < 9; i++) equal(signatures.learn(header(i)), true)
    const saved = signatures.toBytes()
    const sum = (bytes: Uint8Array) => crc16En13757(bytes, 0, bytes.length)
    for (const store of [signatures, Signatures.fromBytes(saved)]) {
      equal(store.find(sum(header(0))), undefined)
      for (let i = 1; i < 9; i++) deepEqual(store.find(sum(header(i))), header(i))
    }
  })

  it('is learned once', () => {
    const signatures = new Signatures(KNOWN)
    equal(signatures.isLearned(0xdd34), false)
    equal(signatures.learn(fromHex('02ff2004134413')!), true)
    equal(signatures.isLearned(0xdd34), true)
    equal(signatures.learn(fromHex('02ff2004134413')!), false)
    equal(signatures.toBytes().length, 9)
  })

  it('has at most 256 bytes of headers', () => {
    const signatures = new Signatures()
    equal(signatures.learn(header(0, 86)), false)
    equal(signatures.learn(header(0, 85)), true)
    const longest = fromHex(`${'06ff40'.repeat(84)}04eeff07`)!
    equal(longest.length, 256)
    equal(signatures.learn(longest), true)
    const saved = signatures.toBytes()
    deepEqual(Signatures.fromBytes(saved).toBytes(), saved)
  })

  it('is not taken from flash that holds something else', () => {
    const signatures = new Signatures()
    signatures.learn(header(1))
    signatures.learn(header(2))
    const saved = signatures.toBytes()
    for (let length = 0; length < saved.length; length++)
      deepEqual(Signatures.fromBytes(saved.subarray(0, length)).toBytes(), saved.subarray(0, length < 5 ? 0 : 5))
    equal(Signatures.fromBytes(fromHex('000606ff41')!).toBytes().length, 0, 'its second record is missing')
    equal(Signatures.fromBytes(fromHex(`0102${'06ff41'.repeat(86)}`)!).toBytes().length, 0, 'longer than any')
    for (const junk of ['ffff', '0000', '000184', '0002ff', '010101'])
      equal(Signatures.fromBytes(fromHex(junk + '00'.repeat(8))!).toBytes().length, 0, junk)
  })
})
