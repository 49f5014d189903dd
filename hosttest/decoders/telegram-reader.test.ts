import { deepEqual, equal, ok } from 'node:assert/strict'
import { TelegramReader } from '../../decoders/telegram-reader.js'
import { record } from '../../fuzz/vw1871.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'

const FULL = '30442d2c703749741f168d20bd50db0121cc72d62ff07cec0d4abcd547f8d20e0dfcc5573adc9795582eb23c612d4de52a'
const COMPACT = '25442d2c703749741f168d20b9c22302213a4de6faff5b137e9eb42fd8d7129b64074ca798a4'
const CHARACTERISTIC = '49535343-1e4d-4bd9-ba61-23c647249616'
const STREAM = [FULL, COMPACT].map((hex) => toHex(record(fromHex(hex)!))).join('')

function read(text: string, part = 0) {
  const found: [string, number][] = []
  const reader = new TelegramReader(({ bytes }, place) => found.push([toHex(bytes), place]))
  if (part === 0) for (const line of text.split('\n')) reader.push(line)
  else
    for (let at = 0; at < text.length; at += part) reader.pushPart(text.slice(at, at + part), at + part >= text.length)
  reader.idle()
  return { found, skipped: reader.skipped }
}

function notifications(size: number): { t: string; characteristic: string; hex: string }[] {
  const pieces = STREAM.match(new RegExp(`.{1,${2 * size}}`, 'g'))!
  return pieces.map((hex, i) => ({ t: new Date(i).toISOString(), characteristic: CHARACTERISTIC, hex }))
}

const BOTH = [
  [FULL, 1],
  [COMPACT, 2],
]

describe('a recording', () => {
  it('gives the line of each telegram, and counts the lines without one', () => {
    const { found, skipped } = read(`# remark\n${FULL}\n\nrtl_sdr: hello\n{"cut":"25\n${COMPACT}`)
    deepEqual(found, [
      [FULL, 2],
      [COMPACT, 6],
    ])
    equal(skipped, 2)
  })

  it('of a concentrator is the same as a session, over many lines, and with one notification a line', () => {
    for (const size of [7, 20, 200]) {
      const list = notifications(size)
      const session = { device: { name: 'VW1871' }, notifications: list }
      deepEqual(read(JSON.stringify(session)).found, BOTH)
      deepEqual(read(JSON.stringify(session, null, 2)).found, BOTH)
      deepEqual(read(list.map((one) => JSON.stringify(one)).join('\n')).found, BOTH)
      deepEqual(read(JSON.stringify(session), 100).found, BOTH)
    }
  })

  it('of a concentrator may call its bytes by other names', () => {
    for (const name of ['raw_hex', 'data_hex']) {
      const list = notifications(20).map(({ t, characteristic, hex }) => ({
        timestamp: t,
        characteristic_uuid: characteristic,
        [name]: hex,
      }))
      deepEqual(read(JSON.stringify(list)).found, BOTH)
      deepEqual(read(JSON.stringify(list, null, 2)).found, BOTH)
    }
  })

  it('of a concentrator has no telegrams in what other characteristics tell', () => {
    const [first, ...others] = notifications(20)
    const stranger = { ...first!, characteristic: '0000fec8-0000-1000-8000-00805f9b34fb', hex: FULL }
    const list = [first, stranger, ...others]
    for (const text of [
      JSON.stringify(list),
      JSON.stringify(list, null, 2),
      list.map((one) => JSON.stringify(one)).join('\n'),
    ])
      deepEqual(read(text).found, BOTH)
  })

  it('holds the same telegrams in whatever parts a long line comes', () => {
    const blank = ' '.repeat(30)
    for (const [text, expected] of [
      [`${blank}["${FULL}"]`, [[FULL, 1]]],
      // What closes nothing ends nothing: the object around it is open still, and its texts are not texts alone.
      [`{"a":1],"${FULL}"`, []],
    ] as const) {
      deepEqual(read(text, text.length).found, expected)
      for (const part of [8, 10, 60]) deepEqual(read(text, part).found, expected)
    }
  })

  it('may hold JSON that is nested deeper than any stack', () => {
    const depth = 100_000
    for (const nested of ['['.repeat(depth) + ']'.repeat(depth), `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`])
      deepEqual(read(`${nested}\n${FULL}`), { found: [[FULL, 2]], skipped: 1 })
  })

  it('may be JSON over many lines, with objects in objects', () => {
    const list = [{ telegram_hex: FULL, expected: { total: 1 } }, COMPACT]
    deepEqual(
      read(JSON.stringify(list)).found.map(([hex]) => hex),
      [FULL, COMPACT],
    )
    for (const part of [0, 1, 7, 64])
      deepEqual(
        read(JSON.stringify(list, null, 1), part).found.map(([hex]) => hex),
        [FULL, COMPACT],
      )
  })

  it('goes on behind JSON that was cut', () => {
    deepEqual(
      read(`[\n{"telegram":"${FULL}"},\n${COMPACT}\n${FULL}`).found.map(([hex]) => hex),
      [FULL, COMPACT, FULL],
    )
  })

  it('loses nothing behind a record that was cut and silence', () => {
    const [first, ...rest] = notifications(20)
    const later = rest.map((one) => ({ ...one, t: new Date(60_000).toISOString() }))
    const cut = { ...first!, hex: toHex(record(fromHex(FULL)!)).slice(0, 60) }
    const lines = [cut, { ...later[0]!, hex: STREAM }].map((one) => JSON.stringify(one))
    deepEqual(read(lines.join('\n')).found, BOTH)
  })

  it('keeps little of a line without end', () => {
    const reader = new TelegramReader(() => {})
    const before = process.memoryUsage().heapUsed
    const part = '"x":"yyyy",'.repeat(10_000)
    reader.pushPart('{', false)
    for (let i = 0; i < 300; i++) reader.pushPart(part, false)
    reader.pushPart('{', false)
    for (let i = 0; i < 300; i++) reader.pushPart('z'.repeat(100_000), false)
    ok(process.memoryUsage().heapUsed - before < 20_000_000)
    equal(reader.skipped, 0)
  })
})
