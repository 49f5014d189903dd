import { deepEqual, equal } from 'node:assert/strict'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex } from '../../modules/codec/hex.js'
import { parseMeterId } from '../../modules/wmbus/data-link.js'
import { diagnose } from '../../modules/wmbus/diagnose.js'
import { MeterDecoder } from '../../modules/wmbus/meter-decoder.js'
import { recordKey } from '../../modules/wmbus/record-key.js'
import { knownHeader, Signatures } from '../../modules/wmbus/signatures.js'
import { recordValue, valueText } from '../../modules/wmbus/value.js'
import { stubCrypto } from '../support/crypto.js'
import { clearFrame, compactFrame, FULL, formatB, frame, WATER, ZEROS } from './frames.js'

const TOTAL = recordKey('volume')
const KNOWN = [knownHeader('02ff2004134413')]
const OTHER = '2d2c785634131b16'
const HEADER = '0413 6167'
const FIRST = formatB(compactFrame(WATER, HEADER, ['d3220000', '10']))
const SECOND = formatB(compactFrame(WATER, HEADER, ['d4220000', '11']))
const FULL_FRAME = formatB(clearFrame(WATER, '780413d5220000616712'))

function meter(signatures = new Signatures()): MeterDecoder {
  return new MeterDecoder(parseMeterId('12345678')!, { ...ZEROS, signatures })
}

function totals(decoder: MeterDecoder, bytes: Uint8Array): string[] {
  return decoder.decode(bytes).map((telegram) => {
    const total = telegram.find(TOTAL)
    return total === undefined ? telegram.result : valueText(recordValue(total)!)
  })
}

/** A header of this many records of 4 bytes, a different one for each number. */
function header(number: number, records = 1): Uint8Array {
  return fromHex(`06ff${(number + 0x40).toString(16)}`.repeat(records))!
}

describe('a signature', () => {
  it('is learned from a full frame, and told once that it has to be saved', () => {
    const signatures = new Signatures()
    const decoder = meter(signatures)
    deepEqual(totals(decoder, FULL_FRAME), ['8.917'])
    equal(signatures.isUnsaved, true)
    const saved = signatures.toBytes()
    equal(signatures.isUnsaved, false)
    totals(decoder, FULL_FRAME)
    equal(signatures.isUnsaved, false)
    deepEqual(totals(meter(Signatures.fromBytes(saved)), FIRST), ['8.915'])
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

  it('is learned once, and not at all where it is known of all meters', () => {
    const signatures = new Signatures(KNOWN)
    equal(signatures.learn(fromHex('02ff2004134413')!), false)
    equal(signatures.learn(header(1)), true)
    equal(signatures.learn(header(1)), false)
    equal(signatures.toBytes().length, 5)
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

describe('the telegrams of one meter', () => {
  it('are those with its number', () => {
    deepEqual(totals(meter(), formatB(clearFrame(OTHER, '780413d5220000'))), [])
    deepEqual(totals(meter(), FULL), [])
    deepEqual(totals(meter(), FULL_FRAME.subarray(0, 7)), [])
    deepEqual(totals(meter(), FULL_FRAME), ['8.917'])
  })

  it('that came before their header are decoded when it comes, the last one of them and only once', () => {
    const decoder = meter()
    deepEqual(totals(decoder, FIRST), ['unknown-signature'])
    deepEqual(totals(decoder, SECOND), ['unknown-signature'])
    deepEqual(totals(decoder, FULL_FRAME), ['8.916', '8.917'])
    deepEqual(totals(decoder, FULL_FRAME), ['8.917'])
    deepEqual(totals(decoder, FIRST), ['8.915'])
  })

  it('are kept until then, whatever becomes of the buffer they came in, and of a frame that is damaged', () => {
    const decoder = meter()
    const buffer = FIRST.slice()
    decoder.decode(buffer)
    buffer.fill(0)
    const damaged = FULL_FRAME.slice()
    damaged[25]! ^= 1
    deepEqual(totals(decoder, damaged), ['dll-crc'])
    deepEqual(totals(decoder, FULL_FRAME), ['8.915', '8.917'])
  })

  it('that another header does not explain are given up', () => {
    const decoder = meter()
    totals(decoder, FIRST)
    deepEqual(totals(decoder, formatB(clearFrame(WATER, '780413d5220000'))), ['8.917'])
    deepEqual(totals(decoder, FULL_FRAME), ['8.917'])
  })
})
