// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import type { Reading } from '../../modules/meters/meter.js'
import { parseHeaders } from '../../modules/radio/header-list.js'
import { RadioMeters } from '../../modules/radio/radio-meters.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'
import { AirMeter, hex, waterRecords } from './air.js'

const ID = '12345678'
const KEY = fromHex('44e9112d06bd762ec2bfece57e487c9b')!
/** The records of a water meter that no driver knows. */
const SHORT = ['0413', '0259'] as const
const HEADER = SHORT.join('')
/** Other records of the same lengths, with the same signature. */
const RIVAL = '040602d9b48a0b'

/** Records of another meter, and others with the same signature with which the checksum of its data holds too: ten times the total. */
const LONG = ['0413', '02d9818203', '02e1848506'] as const
const WRONG = '041402d9d9810602e1f08606'

/** @param type version and type of the meter, as they are sent */
function device(entered: string, storage = new MemoryStorage(), type = '1f16') {
  const clock = testClock()
  const readings: Reading[] = []
  const infos: string[] = []
  let text = entered
  const meters = new RadioMeters({
    clock,
    storage,
    crypto: nodeCrypto,
    meters: () => [{ id: ID, key: KEY }],
    headers: () => {
      const headers = parseHeaders(text)
      if (!headers.ok) throw new Error(headers.error)
      return headers.value
    },
    onReading: (reading) => readings.push(reading),
    onInfo: (_id, info) => infos.push(info),
  })
  const air = new AirMeter(KEY, nodeCrypto, ID, type)
  let sent = 0
  /** So many telegrams, 16 s apart; of every eighth the records come with their headers, where the meter sends full frames. */
  async function hear(count: number, { full = false, headers = SHORT as readonly string[] } = {}) {
    for (let i = 0; i < count; i++) {
      await clock.run(16_000)
      air.minute = 1_000_000 + Math.floor(clock.now() / 60_000)
      const records = headers.map((header, at) => [header, at === 0 ? hex(air.litres, 4) : hex(1_234, 2)] as const)
      meters.meters[0]!.receive(air.sendRecords(records, !full || ++sent % 8 !== 0).frame, clock.now())
    }
  }
  const enter = (other: string) => {
    text = other
    meters.updateHeaders()
  }
  const values = () => readings.map(({ quantities }) => quantities.v1?.value)
  return { clock, meters, air, hear, enter, infos, readings, values, storage, verdict: () => meters.meters[0]!.key }
}

describe('a record header that somebody has entered', () => {
  it('reads a meter that never sends a full frame, from its fourth telegram on', async () => {
    const { hear, values, infos, verdict } = device(HEADER)
    await hear(3)
    deepEqual(values(), [])
    await hear(1)
    deepEqual(values(), ['64.932'])
    equal(verdict(), 'right')
    await hear(8)
    equal(values().length, 3)
    deepEqual(infos, ['key=right&'])
  })

  it('goes with the list: the meter has not learned it, and it is not in flash', async () => {
    const { hear, enter, values, meters, verdict, storage } = device(HEADER)
    await hear(8)
    meters.save()
    enter('')
    const before = values().length
    await hear(24)
    equal(values().length, before)
    equal(verdict(), 'unknown header 9023')
    const restarted = device('', storage)
    await restarted.hear(24)
    deepEqual(restarted.values(), [])
  })

  it('is used and left without a restart, and what the meter has counted goes on', async () => {
    const { hear, enter, values, verdict, air, storage } = device('')
    await hear(24)
    deepEqual(values(), [])
    equal(verdict(), 'unknown header 9023')
    const writes = storage.writes('radio')
    enter(HEADER)
    await hear(5)
    deepEqual(values(), ['64.932'])
    equal(storage.writes('radio'), writes + 1, 'the first that was believed')
    air.litres += 7
    enter(`${HEADER},0413`)
    await hear(5)
    equal(values().at(-1), '64.939')
    equal(storage.writes('radio'), writes + 1)
  })

  it('loses against the full frames of the meter, whatever it is marked', async () => {
    for (const mark of ['', '?']) {
      const { hear, values, verdict, meters } = device(RIVAL + mark)
      await hear(7, { full: true })
      deepEqual(values(), [])
      await hear(4, { full: true })
      deepEqual(values(), ['64.932'])
      equal(verdict(), 'right')
      meters.save()
    }
  })

  it('that fits by chance loses too, and one full frame alone changes nothing', async () => {
    const { hear, values, meters, air } = device(WRONG)
    const headers = LONG
    await hear(6, { headers })
    deepEqual([...new Set(values())], ['649.320'])
    await hear(24, { full: true, headers })
    const three = values().length
    await hear(8, { full: true, headers })
    const four = values().length
    ok(four > three)
    await hear(24, { full: true, headers })
    deepEqual([values().length, meters.meters[0]!.doubt], [four, 'total'])
    deepEqual([...new Set(values())], ['649.320'])
    air.litres += 1
    const before = values().length
    await hear(5_400, { full: true, headers })
    deepEqual([...new Set(values().slice(before))], ['64.933'])
  })

  it('that does not fit says so after five minutes', async () => {
    for (const mark of ['', '?']) {
      const { hear, values, verdict, infos } = device(RIVAL + mark)
      await hear(24)
      deepEqual(values(), [])
      equal(verdict(), 'unknown header 9023')
      deepEqual(infos, ['key=unknown header 9023&'])
    }
  })

  it('is learned from the meter where full frames say the same, and then outlives the list', async () => {
    const { hear, enter, values } = device(HEADER)
    await hear(9, { full: true })
    enter('')
    const before = values().length
    ok(before > 0)
    await hear(5)
    ok(values().length > before)
  })
})

describe('a guess', () => {
  it('is shown and gives no sample, however long it fits', async () => {
    const { hear, values, infos, verdict, meters, clock, air } = device(`${HEADER}?`)
    await hear(3)
    deepEqual(infos, [])
    equal(meters.meters[0]!.lastReading, undefined)
    await hear(1)
    equal(verdict(), 'header not confirmed 9023')
    deepEqual(infos, ['key=header not confirmed 9023&v1=64.932 m3&'])
    air.litres += 1_000
    await hear(5_500)
    deepEqual(values(), [])
    equal(infos.length, 2, 'once a day')
    const shown = meters.meters[0]!.lastReading!
    deepEqual([shown.at, shown.reading.quantities.v1], [clock.now(), { value: '65.932', unit: 'm3' }])
  })

  it('is told of without values where nobody has told of that kind of meter', async () => {
    const { hear, values, infos, meters } = device(`${HEADER}?`, undefined, '01ff')
    await hear(20)
    deepEqual(infos, ['key=header not confirmed 9023&'])
    deepEqual([values(), meters.meters[0]!.lastReading], [[], undefined])
  })

  it('gives samples once it is entered without its question mark', async () => {
    const { hear, enter, values, infos, verdict } = device(`${HEADER}?`)
    await hear(8)
    enter(HEADER)
    await hear(4)
    deepEqual(values(), ['64.932'])
    equal(verdict(), 'right')
    equal(infos.at(-1), 'key=right&')
    enter(`${HEADER}?`)
    const before = values().length
    await hear(8)
    equal(values().length, before)
    equal(verdict(), 'header not confirmed 9023')
  })

  it('gives samples once a full frame of the meter has the same header', async () => {
    const { hear, values, verdict, infos } = device(`${HEADER}?`)
    await hear(7, { full: true })
    deepEqual(values(), [])
    equal(verdict(), 'header not confirmed 9023')
    await hear(1, { full: true })
    deepEqual(values(), ['64.932'])
    await hear(30)
    ok(values().length > 6)
    equal(verdict(), 'right')
    deepEqual(infos, ['key=header not confirmed 9023&v1=64.932 m3&', 'key=right&'])
  })

  it('that fits by chance is never billed', async () => {
    const { hear, values, infos } = device(`${WRONG}?`)
    await hear(7, { full: true, headers: LONG })
    deepEqual(infos, ['key=header not confirmed FCB8&v1=649.320 m3&'])
    // One full frame can be forged: three change nothing.
    await hear(24, { full: true, headers: LONG })
    deepEqual(values(), [])
    await hear(12, { full: true, headers: LONG })
    deepEqual([...new Set(values())], ['64.932'])
  })

  it('does not touch a header that a driver knows', async () => {
    const { meters, air, clock, values } = device('02ff2004134413a1015b8101e7ff0f?')
    for (let i = 0; i < 5; i++) {
      await clock.run(16_000)
      meters.meters[0]!.receive(air.sendRecords(waterRecords(air.litres), true).frame, clock.now())
    }
    equal(values().length, 1)
  })
})
