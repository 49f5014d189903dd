// node only
import { equal, ok } from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { checkFields, KEY } from '../../fuzz/wmbus.js'
import type { CryptoPort } from '../../modules/ports/crypto.js'
import { fieldsOf } from '../../modules/radio/all-fields.js'
import { KNOWN_HEADERS } from '../../modules/radio/detect.js'
import { withoutChecksums } from '../../modules/wmbus/data-link.js'
import { decodeTelegram } from '../../modules/wmbus/decode.js'
import { DiagnosedTelegram, diagnose } from '../../modules/wmbus/diagnose.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { seededRandom } from '../../twin/random.js'
import { type Below, changed } from '../support/changed.js'
import { parts } from '../support/parts.js'
import { COMPACT, FULL, formatA } from './frames.js'

const INPUTS = 65_536
const BYTES_THAT_MATTER = [0x2f, 0x0f, 0x0d, 0x72, 0x78, 0x79, 0x7a, 0x8c, 0x8d, 0xff]
const WORDS = BYTES_THAT_MATTER.map((byte) => [byte])

/** Behind the link layer's header and the checksum of the payload. */
const PAYLOAD_AT = 19

const cipher = createCipheriv('aes-128-ecb', KEY, null).setAutoPadding(false)
/** The same AES without a new cipher object for every block. */
const crypto: CryptoPort = { ...nodeCrypto, aesCbcEncrypt: (_key, iv) => cipher.update(iv) }

const stripped = [FULL, COMPACT].map((bytes) => withoutChecksums(bytes) as Uint8Array)
const ORIGINALS = [FULL, COMPACT, ...stripped, ...stripped.map(formatA)]

describe('the wireless M-Bus decoder', () => {
  for (const { part, name } of parts(16)) {
    it(`throws at none of ${INPUTS} mutated or random frames, and publishes nothing but what was sent, ${name}`, () => {
      const random = seededRandom(part)
      const below = (limit: number) => Math.floor(random() * limit)
      const signatures = new Signatures(KNOWN_HEADERS)
      const truths = new Set(ORIGINALS.map((bytes) => content(decode(bytes, signatures))))
      equal(truths.size, 2)
      const count = { intact: 0, wrong: 0, wrongAsHeard: 0, wrongTwice: 0 }
      const results = new Map<string, number>()
      for (let i = 0; i < INPUTS; i++) {
        const bytes = i % 8 === 0 ? randomBytes(below) : mutate(ORIGINALS[below(ORIGINALS.length)]!, below)
        const isHeard = i % 2 === 1
        const telegram = isHeard ? hear(bytes, signatures) : decode(bytes, signatures)
        results.set(telegram.result, (results.get(telegram.result) ?? 0) + 1)
        void telegram.partial
        checkFields(telegram)
        if (telegram.result !== 'ok') equal(telegram.records.length, 0)
        else if (truths.has(content(telegram))) count.intact++
        else if (isHeard && isPayloadAlone(bytes)) count.wrongTwice++
        else if (isHeard) count.wrongAsHeard++
        else count.wrong++
      }
      console.log(`      ${[...results].map(([result, times]) => `${result} ${times}`).join(', ')}`)
      console.log(`      as it was sent: ${count.intact}, passed the 16-bit checksum by chance: ${count.wrong}`)
      // What the radio path hears is covered by two checksums. They have one polynomial, and a stream cipher keeps which
      // bits are wrong: where the payload alone is wrong, both are right or none.
      equal(count.wrongAsHeard, 0)
      ok(count.wrongTwice <= INPUTS / 65_536, String(count.wrongTwice))
      // A frame without its own checksums has the payload's 16 bits: one forged full frame in 65,536 gets through.
      ok(count.wrong <= INPUTS / 65_536, String(count.wrong))
      ok(count.intact > 0)
      for (const result of ['payload-crc', 'dll-crc', 'truncated', 'truncated-header', 'length-mismatch', 'unknown-ci'])
        ok(results.has(result), result)
    })
  }

  it('passes two wrong bits of the payload that are 151 apart, the period of the polynomial, and no other two', () => {
    const signatures = new Signatures(KNOWN_HEADERS)
    const bits = 8 * (FULL.length - 2 - PAYLOAD_AT)
    const flip = (bytes: Uint8Array, bit: number) => {
      bytes[PAYLOAD_AT + (bit >> 3)]! ^= 0x80 >> (bit & 7)
    }
    for (let one = 0; one < bits; one++)
      for (let other = one + 1; other < bits; other++) {
        const bytes = FULL.slice()
        flip(bytes, one)
        flip(bytes, other)
        const { result } = decodeTelegram(bytes, { key: KEY, crypto, signatures })
        equal(result === 'dll-crc', other - one !== 151, `${one} and ${other}: ${result}`)
      }
  })

  it('accepts exactly those changes of one bit that no checksum covers', () => {
    const signatures = new Signatures(KNOWN_HEADERS)
    const accepted: string[] = []
    for (const original of stripped) {
      const truth = content(decode(original, signatures))
      for (let bit = 0; bit < 8 * original.length; bit++) {
        const bytes = original.slice()
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        const telegram = decode(bytes, signatures)
        if (telegram.result !== 'ok') continue
        equal(content(telegram), truth)
        accepted.push(`${bit >> 3}.${bit & 7}`)
      }
    }
    const bits = (byte: number) => Array.from({ length: 8 }, (_, bit) => `${byte}.${bit}`)
    // C; the hop and repeat bits of CC, which a repeater changes; ACC.
    const uncovered = [...bits(1), '11.1', '11.4', ...bits(12)]
    equal(accepted.join(' '), [...uncovered, ...uncovered].join(' '))
  })
})

function decode(bytes: Uint8Array, signatures: Signatures): DiagnosedTelegram {
  return diagnose(bytes, { key: KEY, crypto, signatures })
}

/** As a device decodes what it hears, with all that a person may ask of it. */
function hear(bytes: Uint8Array, signatures: Signatures): DiagnosedTelegram {
  return new DiagnosedTelegram(decodeTelegram(bytes, { key: KEY, crypto, signatures }))
}

/** All that a telegram says, but for the fields no checksum covers. */
function content(telegram: DiagnosedTelegram): string {
  return JSON.stringify([telegram.id, telegram.type, telegram.sessionNumber, telegram.records, fieldsOf(telegram)])
}

/** Whether the frame is one of the originals but for what stands between its two checksums. */
function isPayloadAlone(bytes: Uint8Array): boolean {
  const isOutside = (at: number) => at < PAYLOAD_AT || at >= bytes.length - 2
  return ORIGINALS.some(
    (original) =>
      original.length === bytes.length && original.every((byte, at) => byte === bytes[at] || !isOutside(at)),
  )
}

function mutate(original: Uint8Array, below: Below): Uint8Array {
  let bytes = original
  for (let left = 1 + below(4); left > 0; left--) {
    const frame = changed(bytes, below, WORDS)
    bytes = frame.length > 0 ? frame.slice() : Uint8Array.of(below(256))
    // Half of them have a length that fits, so that the layers behind see them.
    if (below(2) === 0) bytes[0] = Math.min(255, bytes.length - 1)
  }
  return bytes
}

/** A frame of random records in the clear, with nothing that vouches for it, or random bytes altogether. */
function randomBytes(below: Below): Uint8Array {
  const bytes = new Uint8Array(1 + below(260))
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = below(4) === 0 ? BYTES_THAT_MATTER[below(BYTES_THAT_MATTER.length)]! : below(256)
  if (below(2) === 0) bytes[0] = Math.min(255, bytes.length - 1)
  return bytes
}
