// node only
import { deepEqual, equal } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { seededRandom } from '../../twin/random.js'
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
        : [
            ...[item.concentrator_serial, item.concentrator_time, item.byte12, item.rssi_dbm, item.byte14],
            item.meter_id,
          ].join(' '),
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
  }
})
