// node only
import { deepEqual, equal } from 'node:assert/strict'
import { Concentrator } from '../../modules/ble/concentrator.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { SimulatedConcentrator } from '../../twin/concentrator.js'
import { seededRandom } from '../../twin/random.js'
import { testClock } from '../support/clock.js'
import { vectors } from '../support/vectors.js'
import { cut, type Parsed, parseStream } from '../support/vw1871.js'

const sessions = vectors('vw1871')
const DATA = /^(0000(ff01|2af0|ff81)-0000-1000-8000-00805f9b34fb|49535343-1e4d-4bd9-ba61-23c647249616)$/

// biome-ignore lint/suspicious/noExplicitAny: the file is not ours
function check({ items, frames, resyncs }: Parsed, expected: any[]): void {
  const wanted = expected.filter(({ type }) => type !== 'text')
  deepEqual(
    items.filter((item) => !item.startsWith('"')),
    wanted.map((item) =>
      item.type === 'battery'
        ? `${item.millivolt} mV`
        : [...[item.concentrator_serial, item.concentrator_time, item.rssi_dbm], item.meter_id].join(' '),
    ),
  )
  deepEqual(
    frames,
    wanted.filter(({ type }) => type === 'telegram').map((item) => item.telegram_hex.toLowerCase()),
  )
  equal(resyncs, 0)
}

describe('the VW1871 vectors', () => {
  if (sessions === undefined) {
    it.skip('the folder with the vectors is not here')
    return
  }
  for (const { name, notifications, expected_items } of sessions) {
    const pieces: Uint8Array[] = notifications
      // biome-ignore lint/suspicious/noExplicitAny: the file is not ours
      .filter(({ characteristic }: any) => DATA.test(characteristic))
      // biome-ignore lint/suspicious/noExplicitAny: the file is not ours
      .map(({ hex }: any) => fromHex(hex)!)
    const stream = fromHex(pieces.map((piece) => Buffer.from(piece).toString('hex')).join(''))!

    it(`${name} gives its items, however it is cut`, () => {
      check(parseStream(pieces), expected_items)
      const random = seededRandom(1)
      for (const next of [() => 1, () => 20, () => 23, () => 244, () => 1 + Math.floor(random() * 300)])
        check(parseStream(cut(stream, next)), expected_items)
    })

    it(`${name} comes through when the twin's concentrator plays it`, async () => {
      const clock = testClock()
      const ble = new SimulatedConcentrator({ clock, random: seededRandom(1), capture: notifications })
      const frames: string[] = []
      const firmware = new Concentrator({
        clock,
        ble,
        random: seededRandom(2),
        name: () => 'VW1871-',
        onBattery() {},
        onTelegram: (record) => frames.push(toHex(record.frame()).toUpperCase()),
        log: () => {},
      })
      firmware.resume()
      await clock.run(300_000)
      deepEqual(
        frames,
        // biome-ignore lint/suspicious/noExplicitAny: the file is not ours
        expected_items.filter(({ type }: any) => type === 'telegram').map(({ telegram_hex }: any) => telegram_hex),
      )
    })
  }
})
