// node only
import { deepEqual, equal } from 'node:assert/strict'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex } from '../../modules/codec/hex.js'
import type { Reading } from '../../modules/meters/meter.js'
import { RadioMeter } from '../../modules/radio/radio-meter.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { FullStorage } from '../support/full-storage.js'
import { formatB } from '../wmbus/frames.js'

const KEY = '44e9112d06bd762ec2bfece57e487c9b'

/** Four telegrams of a FlowIQ 2101, 16 s apart; the second is a full frame. */
const CAPTURED = [
  '25442d2c703749741f168d20b4231b02216f07ddd3efa318553ddfee5134db3985c5db84a7e6',
  '30442d2c703749741f168d20b5301b0221e679c6fdc8605d397efa6bf5af269131bb436557c2b9645dd291f6e57b300df7',
  '25442d2c703749741f168d20b6311b022162d85c936a66e35516b05ec37dcb43f93f276f3170',
  '25442d2c703749741f168d20b7321b022135e97e096bcc3e69d1b313bed5956fdfd9738b27b3',
].map((hex) => fromHex(hex)!)

/** Three telegrams of an OMNIPOWER and its key, which its owner has published; the first is a full frame. */
const OMNIPOWER = {
  id: '32666857',
  key: '9a25139e3244cc2e391a8ef6b915b697',
  frames: [
    '2d442d2c5768663230028d206461dd032038931d14b405536e0250592f8b908138d58602eca676ff79e0caf0b14d',
    '27442d2c5768663230028d206562dd03200ac3aea1e613dd9af1a75c68cdedd5fdd2617c1e71a9d0',
    '27442d2c5768663230028d20cb103407201d82040f26a7e808ff3449f9e9d2e4b28bd7e7c6f1c6df',
  ].map((hex) => formatB(fromHex(hex)!)),
}

function radioMeter(key = KEY, storage = new MemoryStorage(), id = '74493770') {
  const readings: { reading: Reading; at: number }[] = []
  const infos: string[] = []
  const errors: unknown[] = []
  const meter = new RadioMeter(
    { id, key: fromHex(key)! },
    {
      storage,
      crypto: nodeCrypto,
      onReading: (reading, at) => readings.push({ reading, at }),
      onInfo: (id, text) => infos.push(`${id} ${text}`),
      onFlashError: (error) => errors.push(error),
    },
  )
  return { meter, readings, infos, storage, errors }
}

describe('a FlowIQ 2101 as it was recorded', () => {
  it('gives a sample of the first telegram, and what it says of itself', () => {
    const { meter, readings, infos } = radioMeter()
    CAPTURED.forEach((frame, i) => {
      meter.receive(frame, 16_000 * i)
    })
    deepEqual(readings, [
      {
        at: 0,
        reading: {
          serial: '74493770',
          quantities: {
            t1: { value: '33.00', unit: 'C' },
            t3: { value: '28.00', unit: 'C' },
            v1: { value: '8.915', unit: 'm3' },
          },
        },
      },
    ])
    deepEqual(infos, ['74493770 key=right&status=DRY&dry=4-7 days&'])
    equal(meter.key, 'right')
  })

  it('gives a sample a minute, with the flow since the one before', () => {
    const { meter, readings } = radioMeter()
    meter.receive(CAPTURED[0]!, 0)
    meter.receive(CAPTURED[1]!, 59_999)
    meter.receive(CAPTURED[2]!, 60_000)
    deepEqual(
      readings.map(({ at, reading }) => [at, reading.quantities.flow1?.value]),
      [
        [0, undefined],
        [60_000, '0'],
      ],
    )
  })

  it('is told once, however often it is sent, and not again after power-off', () => {
    const { meter, readings, storage } = radioMeter()
    for (const at of [0, 70_000, 140_000]) meter.receive(CAPTURED[1]!, at)
    equal(readings.length, 1)
    meter.save()
    const restarted = radioMeter(KEY, storage)
    restarted.meter.receive(CAPTURED[0]!, 0)
    restarted.meter.receive(CAPTURED[1]!, 70_000)
    equal(restarted.readings.length, 0)
    restarted.meter.receive(CAPTURED[2]!, 80_000)
    equal(restarted.readings.length, 1)
  })

  it('tries again to store its state when flash refuses that, says so once, and keeps what is stored', () => {
    const storage = new FullStorage()
    const { meter, errors } = radioMeter(KEY, storage)
    meter.receive(CAPTURED[0]!, 0)
    storage.isFull = true
    meter.receive(CAPTURED[1]!, 3_600_000)
    meter.receive(CAPTURED[2]!, 3_616_000)
    equal(storage.refused, 1)
    meter.receive(CAPTURED[2]!, 4_200_000)
    equal(errors.length, 1)
    storage.isFull = false
    meter.receive(CAPTURED[3]!, 4_216_000)
    const restarted = radioMeter(KEY, storage)
    restarted.meter.receive(CAPTURED[3]!, 0)
    equal(restarted.readings.length, 0)
  })

  it('gives nothing but the verdict with a wrong key', () => {
    const { meter, readings, infos } = radioMeter(KEY.replace('4', '5'))
    CAPTURED.forEach((frame, i) => {
      meter.receive(frame, 70_000 * i)
    })
    deepEqual(readings, [])
    deepEqual(infos, ['74493770 key=wrong&'])
  })

  it('is missed when it is not heard at all', () => {
    const { meter, infos } = radioMeter()
    meter.onSilence(600_000)
    deepEqual(infos, ['74493770 key=not heard&'])
  })

  it('is not believed when it comes without encryption', () => {
    const { meter, readings } = radioMeter()
    for (const encryption of ['01', '21']) {
      const clear = fromHex(`25442d2c703749741f168d20b4231b02${encryption}000079eb61850f4100d322000055210000211c0000`)!
      const view = new DataView(clear.buffer)
      view.setUint16(17, crc16En13757(clear, 19, 36), true)
      view.setUint16(36, crc16En13757(clear, 0, 36))
      meter.receive(clear, 0)
    }
    deepEqual(readings, [])
  })
})

describe('an OMNIPOWER as it was recorded', () => {
  it('gives samples of energy and power, and no flow', () => {
    const { meter, readings, infos } = radioMeter(OMNIPOWER.key, new MemoryStorage(), OMNIPOWER.id)
    const times = [0, 60_000, (0x73410 - 0x3dd61) * 60_000]
    for (const [i, at] of times.entries()) meter.receive(OMNIPOWER.frames[i]!, at)
    deepEqual(
      readings.map(({ reading }) => reading),
      ['2.15', '2.15', '2.84'].map((energy) => ({
        serial: '32666857',
        quantities: { effect1: { value: '0.003', unit: 'kW' }, e1: { value: energy, unit: 'kWh' } },
      })),
    )
    deepEqual(infos[0], '32666857 key=right&')
  })
})
