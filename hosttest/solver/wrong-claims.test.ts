import { equal } from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import type { Compact } from '../../decoders/solver/compact.js'
import { compactsIn } from '../../decoders/solver/heard.js'
import { MOST_ODDS, SURE_ODDS, solve } from '../../decoders/solver/solve.js'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { KNOWN_HEADERS } from '../../modules/radio/detect.js'
import { diagnose } from '../../modules/wmbus/diagnose.js'
import { RecordCursor } from '../../modules/wmbus/record-cursor.js'
import { type KnownHeader, Signatures } from '../../modules/wmbus/signatures.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { parts } from '../support/parts.js'
import { clearFrame, WATER } from '../wmbus/frames.js'
import { groupOfHeader } from './groups.js'
import { random, simulate } from './simulated-meter.js'

/** 12,500 tries in all. */
const PARTS = 2500
const STRANGE = ['0216', '0a5b', '04fb1a', '027a', '0c06', '02fd66', '01fd71', '047d', '03ff20', '0274', '04ff13']
/** About two seconds on one core that has nothing else to do, and in one part of a hundred as long as the command takes. */
const LIMIT_MS = 2_000
const WHOLE_LIMIT_MS = 55_000
const WHOLE_EVERY = 100
const MS_A_QUESTION = 6

/** What a try claims; undefined where it claims nothing. */
function answerOf(telegrams: readonly Compact[], hiddenHeader: KnownHeader, limitMs: number) {
  let now = 0
  const { result, candidates } = solve(telegrams, {
    group: groupOfHeader(hiddenHeader.hex),
    known: KNOWN_HEADERS.filter((known) => known !== hiddenHeader),
    now: () => (now += MS_A_QUESTION),
    limitMs,
  })
  return result === 'solved' ? candidates[0]! : undefined
}

/** The header that a try claims; undefined where it claims none. */
function claimOf(telegrams: readonly Compact[], hiddenHeader: KnownHeader, limitMs: number): string | undefined {
  return answerOf(telegrams, hiddenHeader, limitMs)?.header.toLowerCase()
}

/** With some bits of the data turned over after the checksums were made. */
function damaged({ signature, dataCrc, data }: Compact, draw: () => number): Compact {
  const wrong = data.slice()
  for (let i = 0; i < 1 + 3 * draw(); i++) wrong[Math.floor(draw() * wrong.length)]! ^= 1 << Math.floor(8 * draw())
  return { signature, dataCrc, data: wrong }
}

/** With a record that no vocabulary has, between the others or instead of one. */
function withStrangeRecord(hex: string, draw: () => number): string {
  const header = fromHex(hex)!
  const records: string[] = []
  const cursor = new RecordCursor(header, 0)
  while (cursor.value < header.length && cursor.nextHeader())
    records.push(toHex(header.subarray(cursor.header, cursor.value)))
  const strange = STRANGE[Math.floor(draw() * STRANGE.length)]!
  records.splice(Math.floor(draw() * records.length), draw() < 0.5 ? 1 : 0, strange)
  return records.join('')
}

describe('a claim', () => {
  /** Of headers that the vocabulary cannot make: how many were tried, and the odds of what was claimed. */
  let strangeTries = 0
  const oddsOfWrong: number[] = []

  for (const { part, name } of parts(PARTS)) {
    const draw = random(part)
    const limitMs = part % WHOLE_EVERY === 0 ? WHOLE_LIMIT_MS : LIMIT_MS
    const header = KNOWN_HEADERS[Math.floor(draw() * KNOWN_HEADERS.length)]!
    const options = { seed: 100_000 + part, telegrams: 1 + Math.floor(8 * draw()) }
    const isRight = (claim: string | undefined) =>
      equal(claim === undefined || claim === header.hex, true, `${header.hex} ${JSON.stringify(options)}: ${claim}`)

    it(`is never made of damaged data, ${name}`, () => {
      const telegrams = simulate(header.hex, options).map((telegram) => damaged(telegram, draw))
      isRight(claimOf(telegrams, header, limitMs))
    })

    it(`is right for constant data, ${name}`, () => {
      const [first] = simulate(header.hex, { ...options, telegrams: 1 })
      isRight(claimOf(new Array(options.telegrams).fill(first), header, limitMs))
    })

    it(`is right for zeros, ${name}`, () => {
      isRight(claimOf(simulate(header.hex, { ...options, isZero: true }), header, limitMs))
    })

    // Only wrong headers are left to be found then, and the odds say how many agree by chance.
    it(`is never wrong at odds at which a device bills, where the vocabulary lacks a record, ${name}`, () => {
      const strange = withStrangeRecord(header.hex, draw)
      const answer = answerOf(simulate(strange, options), header, LIMIT_MS)
      strangeTries++
      if (answer !== undefined && answer.header.toLowerCase() !== strange) oddsOfWrong.push(answer.odds)
      const isHarmless = answer === undefined || answer.header.toLowerCase() === strange || answer.odds > SURE_ODDS
      equal(isHarmless, true, `${strange} ${JSON.stringify(options)}: ${JSON.stringify(answer)}`)
    })

    it(`is never made with a wrong key, ${name}`, () => {
      const key = Uint8Array.from({ length: 16 }, () => 256 * draw())
      const heard = simulate(header.hex, options).map((telegram) =>
        diagnose(encrypted(telegram), { key, crypto: nodeCrypto, signatures: new Signatures(KNOWN_HEADERS) }),
      )
      for (const { compacts } of compactsIn(heard)) equal(claimOf(compacts, header, limitMs), undefined)
    })
  }

  it('is wrong at most as often as its odds say, where the vocabulary lacks a record', () => {
    for (const odds of [0.001, 0.01, MOST_ODDS]) {
      const wrong = oddsOfWrong.filter((stated) => stated <= odds).length
      const expected = odds * strangeTries
      equal(wrong <= expected + 3 * Math.sqrt(expected) + 1, true, `${wrong} of ${strangeTries} at odds of ${odds}`)
    }
  })
})

/** A frame without the checksum of the link, encrypted with a key of zeros. */
function encrypted({ signature, dataCrc, data }: Compact): Uint8Array {
  const low = (value: number) => toHex(Uint8Array.of(value & 0xff, value >> 8))
  const frame = clearFrame(WATER, `79${low(signature)}${low(dataCrc)}${toHex(data)}`)
  const counter = new Uint8Array(16)
  counter.set(frame.subarray(2, 10))
  counter[8] = frame[11]! & ~0x12
  counter.set(frame.subarray(13, 17), 9)
  const bytes = frame.slice(0, frame.length)
  const cipher = createCipheriv('aes-128-ctr', fromHex('00'.repeat(16))!, counter)
  bytes.set(cipher.update(frame.subarray(17)), 17)
  const whole = new Uint8Array(bytes.length + 2)
  whole.set(bytes)
  whole[0] = whole.length - 1
  const sum = crc16En13757(whole, 0, bytes.length)
  whole[bytes.length] = sum >> 8
  whole[bytes.length + 1] = sum & 0xff
  return whole
}
