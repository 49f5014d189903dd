// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { createDecipheriv } from 'node:crypto'
import { Concentrator } from '../../modules/ble/concentrator.js'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex } from '../../modules/codec/hex.js'
import { SimulatedConcentrator } from '../../twin/concentrator.js'
import { RadioField } from '../../twin/radio-field.js'
import { seededRandom } from '../../twin/random.js'
import type { SentTelegram } from '../../twin/water-meter.js'
import { testClock } from '../support/clock.js'

const ID = '12345678'
const KEY = fromHex('000102030405060708090a0b0c0d0e0f')!
const HOUR = 3_600_000

/** A concentrator among meters, and the firmware that listens to it. */
function setUp(strangers: number) {
  const clock = testClock()
  const random = seededRandom(1)
  const ble = new SimulatedConcentrator({ clock, random })
  const sent: SentTelegram[] = []
  const air = new RadioField({
    clock,
    random,
    own: [{ id: ID, key: KEY }],
    strangers,
    hear: (frame, rssi) => ble.receiver.hear(frame, rssi),
    onSent: (_id, telegram) => sent.push(telegram),
  })
  const own: Uint8Array[] = []
  const heard = new Map<number, number>()
  const firmware = new Concentrator({
    clock,
    ble,
    random,
    name: () => 'VW1871-',
    onBattery() {},
    onTelegram: (record) => {
      heard.set(record.meterId, (heard.get(record.meterId) ?? 0) + 1)
      if (record.meterId === 0x12345678) own.push(record.frame())
    },
    log: () => {},
  })
  return { clock, ble, air, sent, own, heard, firmware }
}

/** Session number and clear text of a telegram whose checksums are right. */
function open(frame: Uint8Array): { number: number; text: Buffer } {
  const bytes = Buffer.from(frame)
  equal(bytes.length, bytes[0]! + 1)
  equal(crc16En13757(bytes, 0, bytes.length - 2), bytes.readUInt16BE(bytes.length - 2))
  const counter = Buffer.alloc(16)
  bytes.copy(counter, 0, 2, 10)
  counter[8] = bytes[11]! & 0xed
  bytes.copy(counter, 9, 13, 17)
  const text = createDecipheriv('aes-128-ctr', KEY, counter).update(bytes.subarray(17, -2))
  equal(crc16En13757(text, 2, text.length), text.readUInt16LE(0))
  return { number: bytes.readUInt32LE(13), text: text.subarray(2) }
}

describe('the simulated water meter', () => {
  it('sends what its display shows, in one full telegram of eight and short ones between', async () => {
    const { clock, firmware, sent, own, air } = setUp(0)
    firmware.resume()
    await clock.run(HOUR)
    air.own[0]!.status = 0x0041
    await clock.run(23 * HOUR)
    ok(own.length > 5_380 && own.length < 5_420, `${own.length} telegrams`)
    deepEqual(
      own,
      sent.slice(-own.length).map(({ frame }) => frame),
    )
    const phases = new Set<number>()
    const numbers = new Set<number>()
    own.forEach((frame, i) => {
      const { number, text } = open(frame)
      const { full, display } = sent[sent.length - own.length + i]!
      numbers.add(number)
      equal(number >>> 29, 1)
      equal(frame.length, full ? 49 : 38)
      if (full) phases.add(frame[12]! % 8)
      const { status, litres, lastMonth, water, ambient } = display
      if (full) {
        const expected = Buffer.from('7802ff200000041300000000441300000000a1015b008101e7ff0f00', 'hex')
        expected.writeUInt16LE(status, 4)
        expected.writeUInt32LE(litres, 8)
        expected.writeUInt32LE(lastMonth, 14)
        expected[21] = water
        expected[27] = ambient
        deepEqual(text, expected)
      } else {
        equal(text.toString('hex', 0, 3), '79eb61')
        deepEqual(
          [text.readUInt16LE(5), text.readUInt32LE(7), text.readUInt32LE(11), text[15], text[16]],
          [status, litres, lastMonth, water, ambient],
        )
      }
    })
    equal(phases.size, 1)
    equal(numbers.size, own.length)
    const used = sent.at(-1)!.display.litres - sent[0]!.display.litres
    ok(used > 200 && used < 700, `${used} l in a day`)
  })
})

describe('a concentrator among 330 meters', () => {
  it('hears them all and keeps up', async () => {
    const { clock, firmware, heard, sent, own } = setUp(330)
    firmware.resume()
    await clock.run(600_000)
    equal(heard.size, 331)
    const total = [...heard.values()].reduce((sum, count) => sum + count)
    ok(total > 331 * 36, `${total} telegrams`)
    equal(own.length, sent.length)
    ok(firmware.resyncs <= 1)
  })
})
