// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex } from '../../modules/codec/hex.js'
import type { Reading } from '../../modules/meters/meter.js'
import { RadioMeter } from '../../modules/radio/radio-meter.js'
import { RadioMeters } from '../../modules/radio/radio-meters.js'
import { RadioMeterState } from '../../modules/radio/state.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'
import { FullStorage } from '../support/full-storage.js'
import { clearFrame, formatB, frame } from '../wmbus/frames.js'
import { AirMeter, forged, hex, payloadOf, waterRecords } from './air.js'

const KEY = '44e9112d06bd762ec2bfece57e487c9b'

/** Four telegrams of a FlowIQ 2101, 16 s apart; the second is a full frame. */
const CAPTURED = [
  '25442d2c703749741f168d20b4231b02216f07ddd3efa318553ddfee5134db3985c5db84a7e6',
  '30442d2c703749741f168d20b5301b0221e679c6fdc8605d397efa6bf5af269131bb436557c2b9645dd291f6e57b300df7',
  '25442d2c703749741f168d20b6311b022162d85c936a66e35516b05ec37dcb43f93f276f3170',
  '25442d2c703749741f168d20b7321b022135e97e096bcc3e69d1b313bed5956fdfd9738b27b3',
].map((hex) => fromHex(hex)!)

/** Three published telegrams of an OMNIPOWER, under another number and key; the first is a full frame. */
const OMNIPOWER = {
  id: '12345678',
  key: '000102030405060708090a0b0c0d0e0f',
  frames: [
    '2d442d2c7856341230028d206461dd03209b7c5bb454289abf3ca8169ce7111187c97d1619d65d2a266b1fedbac9',
    '27442d2c7856341230028d206562dd03203d6e38f9fc39e2e30d76dd28ce609c01edb9f8a5840af5',
    '27442d2c7856341230028d20cb10340720a43b1d32cb4cd3190b4ab6549f919499352c15329f71d7',
  ].map((hex) => formatB(fromHex(hex)!)),
}

const MINUTE = 60_000
const FLOWIQ_HEADER = '02ff2004134413a1015b8101e7ff0f'

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

/** The flash of a device that has believed this before it was switched off. */
function remembered(id: string, sessionNumber: number, total: number, header = FLOWIQ_HEADER): MemoryStorage {
  const storage = new MemoryStorage()
  const signatures = new Signatures()
  signatures.learn(fromHex(header)!)
  new RadioMeterState(storage, id).write({ sessionNumber, total }, signatures.toBytes())
  return storage
}

/** A device that knows a meter that is not real, and that meter. */
function wellKnown() {
  const device = radioMeter(KEY, undefined, '12345678')
  const air = new AirMeter(fromHex(KEY)!, nodeCrypto)
  let now = 0
  const step = () => {
    now += 15_000
    if (now % MINUTE === 0) air.minute++
    return now
  }
  const totals = () => device.readings.map(({ reading }) => reading.quantities.v1?.value)
  for (let i = 0; i < 8; i++) device.meter.receive(air.send().frame, step())
  equal(totals()[0], '64.932')
  return { ...device, air, step, totals }
}

describe('a FlowIQ 2101 as it was recorded', () => {
  it('gives a sample of the fourth telegram, and what it says of itself', () => {
    const { meter, readings, infos } = radioMeter()
    CAPTURED.forEach((frame, i) => {
      meter.receive(frame, 16_000 * i)
    })
    deepEqual(readings, [
      {
        at: 48_000,
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

  it('gives a sample of the first after power-off, then one a minute with the flow since the one before', () => {
    const { meter, readings } = radioMeter(KEY, remembered('74493770', 0x21021b22, 8_915))
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
    const { meter, readings, storage } = radioMeter(KEY, remembered('74493770', 0x21021b22, 8_915))
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
    const { meter, errors } = radioMeter(KEY, storage, '12345678')
    const air = new AirMeter(fromHex(KEY)!, nodeCrypto)
    let now = 0
    const hear = (minutes: number) => {
      for (let i = 0; i < 4 * minutes; i++) {
        now += 15_000
        if (now % MINUTE === 0) air.minute++
        meter.receive(air.send().frame, now)
      }
    }
    hear(70)
    const stored = storage.read('radio12345678.a') ?? storage.read('radio12345678.b')
    ok(stored !== undefined)
    storage.isFull = true
    hear(90)
    ok(storage.refused >= 2 && storage.refused <= 9, `${storage.refused} attempts in an hour and a half`)
    equal(errors.length, 1)
    storage.isFull = false
    const writes = storage.writes('radio')
    hear(11)
    equal(storage.writes('radio') - writes, 1)
  })

  it('that flash never takes is told once, and ends nothing where nobody wants to know', () => {
    for (const isHeard of [true, false]) {
      const storage = new FullStorage()
      storage.isFull = true
      let errors = 0
      const listener = isHeard ? { onFlashError: () => errors++ } : {}
      const options = { storage, crypto: nodeCrypto, onReading() {}, onInfo() {}, ...listener }
      const meter = new RadioMeter({ id: '74493770', key: fromHex(KEY)! }, options)
      for (let i = 0; i < 4; i++) meter.receive(CAPTURED[i]!, 16_000 * i)
      meter.save()
      equal(storage.refused, 2)
      equal(errors, isHeard ? 1 : 0)
    }
  })

  it('stores nothing as long as nothing is believed', () => {
    const { meter, storage } = radioMeter()
    meter.save()
    for (let i = 0; i < 3; i++) meter.receive(CAPTURED[i]!, 16_000 * i)
    meter.save()
    equal(storage.writes(''), 0)
  })

  it('is shown as it was last believed', () => {
    const { meter } = radioMeter()
    for (let i = 0; i < 3; i++) meter.receive(CAPTURED[i]!, 16_000 * i)
    equal(meter.lastReading, undefined)
    meter.receive(CAPTURED[3]!, 48_000)
    meter.receive(CAPTURED[3]!, 64_000)
    const { reading, at } = meter.lastReading!
    deepEqual([reading.serial, reading.quantities.v1?.value, at], ['74493770', '8.915', 48_000])
  })

  it('is not believed when it comes without encryption', () => {
    const { meter, readings } = radioMeter(KEY, remembered('74493770', 0x01021b22, 8_915))
    for (const encryption of ['01', '21']) {
      const clear = fromHex(`25442d2c703749741f168d20b4231b02${encryption}000079eb61850f4100d322000055210000211c0000`)!
      const view = new DataView(clear.buffer)
      view.setUint16(17, crc16En13757(clear, 19, 36), true)
      view.setUint16(36, crc16En13757(clear, 0, 36))
      for (let i = 0; i < 8; i++) meter.receive(clear, i * MINUTE)
    }
    deepEqual(readings, [])
  })
})

describe('the verdict on the key', () => {
  /** What is said of a meter of which such telegrams are heard, one a minute. */
  function verdict(...frames: readonly Uint8Array[]): string {
    const { meter, infos } = radioMeter(KEY, undefined, '12345678')
    for (const [i, frame] of frames.entries()) meter.receive(frame, i * MINUTE)
    const told = infos.map((text) => text.replace('status=OK&', ''))
    deepEqual(told, meter.key === 'not heard' ? [] : [`12345678 key=${meter.key}&`])
    return meter.key
  }
  const right = new AirMeter(fromHex(KEY)!, nodeCrypto)
  const wrong = new AirMeter(fromHex(KEY.replace('4', '5'))!, nodeCrypto)
  const sent = (air: AirMeter, count: number) =>
    Array.from({ length: count }, () => {
      air.minute++
      return air.send().frame
    })
  const water = '2d2c785634121f16'
  const unencrypted = formatB(frame(water, '7a0100000004130100'.concat('0000')))

  it('is right or wrong after four telegrams, not after fewer', () => {
    equal(verdict(...sent(right, 4)), 'right')
    equal(verdict(...sent(wrong, 4)), 'wrong')
    equal(verdict(...sent(wrong, 3)), 'not heard')
  })

  it('is not wrong because of telegrams that somebody has made up, before or between or after', () => {
    equal(verdict(sent(wrong, 1)[0]!, ...sent(right, 4)), 'right')
    const mixed = sent(wrong, 40).flatMap((it, i) => (i % 3 === 2 ? [...sent(right, 1), it] : [it]))
    equal(verdict(...mixed), 'right')
    equal(verdict(...sent(right, 4), ...sent(wrong, 40), unencrypted, unencrypted, unencrypted, unencrypted), 'right')
  })

  it('tells a meter that sends unencrypted, in another mode, or with a header that nobody knows', () => {
    const four = (bytes: Uint8Array) => verdict(bytes, bytes, bytes, bytes)
    equal(four(unencrypted), 'not encrypted')
    equal(four(formatB(frame(water, '8c2001780413010000'.concat('00')))), 'not encrypted')
    equal(four(formatB(frame(water, `8d2001100000${'00'}${'0000'}780413d3220000`))), 'not encrypted')
    equal(four(formatB(frame(water, '7a01000005'.concat('00'.repeat(16))))), 'other mode')
    equal(four(formatB(clearFrame(water, '780413d3220000').map((byte, i) => (i === 16 ? 0x40 : byte)))), 'other mode')
    const unknown = () =>
      right.sendRecords(
        [
          ['0413', '01000000'],
          ['0259', '0100'],
        ],
        true,
      ).frame
    const heard = Array.from({ length: 6 }, () => {
      right.minute++
      return unknown()
    })
    equal(verdict(...heard.slice(0, 5)), 'not heard', 'the full frame may still come')
    equal(verdict(...heard), `unknown header ${crcText('04130259')}`)
  })

  it('says that nothing was heard, and not when something was believed', () => {
    const { meter, infos } = radioMeter()
    meter.onSilence(600_000)
    deepEqual(infos, ['74493770 key=not heard&'])
    const known = radioMeter(KEY, remembered('74493770', 0x21021b22, 8_915))
    known.meter.receive(CAPTURED[0]!, 0)
    known.meter.onSilence(600_000)
    deepEqual(known.infos, ['74493770 key=right&status=DRY&dry=4-7 days&'])
  })
})

describe('without the key nobody', () => {
  it('moves the total by a flipped bit, of two telegrams or of an hour of them', () => {
    const { meter, air, step, totals } = wellKnown()
    for (let i = 0; i < 240; i++) {
      const held = air.send()
      meter.receive(forged(held, payloadOf(waterRecords(air.litres ^ (1 << 20)), true)), step())
    }
    meter.receive(air.send().frame, step())
    deepEqual([...new Set(totals())], ['64.932'])
  })

  it('composes a telegram with other records than the meter sends, full or compact', () => {
    const { meter, air, step, readings } = wellKnown()
    const before = readings.length
    const other: [string, string][] = [
      ['0413', 'a8fd0000'],
      ['02ff20', '0000'],
    ]
    const known: [string, string][] = [
      ['02ff20', '0000'],
      ['0413', 'a5fd0000'],
      ['4413', '00000000'],
    ]
    for (const records of [other, known])
      for (const isCompact of [false, true]) {
        let held = air.send()
        while (held.plain.length < 24) {
          step()
          held = air.send()
        }
        const now = step() + 300_000
        meter.receive(forged(held, payloadOf(records, isCompact)), now)
      }
    equal(readings.length, before)
  })

  it('teaches a header by one full frame', () => {
    const { meter, air, step, storage } = wellKnown()
    meter.save()
    const before = new RadioMeterState(storage, '12345678').signatures
    equal(before.length, 2 + FLOWIQ_HEADER.length / 2)
    meter.receive(
      air.sendRecords(
        [
          ['0413', 'a5fd0000'],
          ['0259', '0100'],
        ],
        false,
      ).frame,
      step(),
    )
    meter.save()
    deepEqual(new RadioMeterState(storage, '12345678').signatures, before)
  })
})

describe('a telegram', () => {
  it('of another meter says nothing, even under the same key', () => {
    const { meter, infos, readings } = radioMeter(KEY, undefined, '87654321')
    const air = new AirMeter(fromHex(KEY)!, nodeCrypto)
    for (let i = 0; i < 8; i++) {
      air.minute++
      meter.receive(air.send().frame, i * MINUTE)
    }
    deepEqual([meter.key, infos, readings], ['not heard', [], []])
  })

  it('without a total, or of a kind of meter that nobody has told of, gives no sample, and shows that the key is right', () => {
    for (const [type, records] of [
      ['1f16', [['0259', '0100']]],
      ['01ff', waterRecords(64_932)],
    ] as const) {
      const { meter, infos, readings } = radioMeter(KEY, undefined, '12345678')
      const air = new AirMeter(fromHex(KEY)!, nodeCrypto, '12345678', type)
      for (let i = 0; i < 8; i++) {
        air.minute++
        meter.receive(air.sendRecords(records, false).frame, i * MINUTE)
      }
      deepEqual([infos, readings, meter.lastReading], [['12345678 key=right&'], [], undefined], type)
    }
    const { meter, air, step, readings } = wellKnown()
    const before = readings.length
    for (let i = 0; i < 8; i++) meter.receive(air.sendRecords([['0259', '0100']], false).frame, step())
    equal(readings.length, before)
    equal(meter.lastReading?.reading.quantities.v1?.value, '64.932')
  })
})

describe('an honest radio meter', () => {
  it('is told of once a day though nothing has changed', () => {
    const { meter, air, step, infos } = wellKnown()
    const start = step()
    for (let halfHours = 0; halfHours < 100; halfHours++) {
      air.minute += 30
      meter.receive(air.send().frame, start + halfHours * 30 * MINUTE)
    }
    deepEqual(infos, Array(3).fill('12345678 key=right&status=OK&'))
  })

  it('goes on where the list is entered again, and begins anew with another key or under another number', async () => {
    const clock = testClock()
    const told: string[] = []
    let listed = [{ id: '12345678', key: fromHex(KEY)! }]
    const meters = new RadioMeters({
      clock,
      storage: new MemoryStorage(),
      crypto: nodeCrypto,
      meters: () => listed,
      headers: () => [],
      onReading() {},
      onInfo: (id, text) => told.push(`${id} ${text}`),
    })
    const hear = async (id: string) => {
      const air = new AirMeter(fromHex(KEY)!, nodeCrypto, id)
      for (let i = 0; i < 8; i++) {
        await clock.run(16_000)
        air.minute = 1_000_000 + Math.floor(clock.now() / MINUTE)
        meters.meters[0]!.receive(air.send().frame, clock.now())
      }
      return told.splice(0)
    }
    const enter = (id: string, key: string) => {
      listed = [{ id, key: fromHex(key)! }]
      meters.update()
    }
    deepEqual(await hear('12345678'), ['12345678 key=right&status=OK&'])
    enter('12345678', KEY)
    deepEqual(await hear('12345678'), [])
    enter('12345678', KEY.replace('9c', '9d').replace('9b', '9a'))
    deepEqual(await hear('12345678'), ['12345678 key=wrong&'])
    enter('12345678', KEY)
    deepEqual(await hear('12345678'), ['12345678 key=right&status=OK&'])
    enter('87654321', KEY)
    deepEqual(await hear('87654321'), ['87654321 key=right&status=OK&'])
    meters.close()
  })

  it('whose header nobody knows is believed once a full frame explains it', () => {
    const { meter, readings } = radioMeter(KEY, undefined, '12345678')
    const air = new AirMeter(fromHex(KEY)!, nodeCrypto)
    for (let i = 0; i < 12; i++) {
      air.minute = 1_000_000 + Math.floor(i / 4)
      meter.receive(
        air.sendRecords(
          [
            ['0413', 'a5fd0000'],
            ['0259', '0100'],
          ],
          i !== 3,
        ).frame,
        i * 16_000,
      )
    }
    deepEqual(
      readings.map(({ at, reading }) => [at, reading.quantities.v1?.value]),
      [
        [96_000, '64.933'],
        [160_000, '64.933'],
      ],
    )
  })

  it('whose clock has begun anew is believed after an hour, and says so', () => {
    const { meter, air, step, readings, infos } = wellKnown()
    const before = readings.length
    air.minute = 0
    let minutes = 0
    equal(meter.doubt, undefined)
    while (readings.length === before && minutes < 100) {
      for (let i = 0; i < 4; i++) meter.receive(air.send().frame, step())
      minutes++
      if (minutes === 30) equal(meter.doubt, 'clock')
    }
    equal(minutes, 61)
    equal(meter.doubt, undefined)
    deepEqual(infos.slice(1), ['12345678 key=right&clock=jumped&', '12345678 key=right&status=OK&'])
  })

  it('whose total has jumped says so', () => {
    const { meter, air, step, infos } = wellKnown()
    air.litres = 12
    for (let i = 0; i < 5; i++) meter.receive(air.send().frame, step())
    deepEqual(infos.slice(1), ['12345678 key=right&total=jumped&'])
    equal(meter.doubt, 'total')
  })

  it('that was taken from the list and is put on it again begins anew', async () => {
    const clock = testClock()
    const storage = remembered('12345678', 0x3fffffff, 9_999_999)
    let listed = [{ id: '12345678', key: fromHex(KEY)! }]
    const readings: Reading[] = []
    const meters = new RadioMeters({
      clock,
      storage,
      crypto: nodeCrypto,
      meters: () => listed,
      headers: () => [],
      onReading: (reading) => readings.push(reading),
      onInfo() {},
    })
    const air = new AirMeter(fromHex(KEY)!, nodeCrypto)
    const hear = async () => {
      for (let i = 0; i < 8; i++) {
        await clock.run(16_000)
        const { frame } = air.send()
        meters.meters[0]?.receive(frame, clock.now())
      }
    }
    await hear()
    equal(readings.length, 0)
    const meter = listed
    listed = []
    meters.update()
    listed = meter
    meters.update()
    await hear()
    equal(readings[0]?.quantities.v1?.value, '64.932')
    meters.close()
  })

  it('adds the status of the transport layer to its own, water and heat, whatever header has it', () => {
    const address = '785634122d2c'
    /** The header of the transport layer behind its CI, by that. */
    const headers = { 122: '', 123: '', 114: address, 115: address }
    const meters = {
      '1f16': [waterRecords(64_932, 1), 'DRY'],
      '3504': [
        [
          ['0413', hex(64_932, 4)],
          ['04ff22', hex(2, 4)],
        ],
        'LOW_BATTERY_LEVEL',
      ],
    } as const
    for (const [type, [records, own]] of Object.entries(meters))
      for (const [ci, long] of Object.entries(headers)) {
        const { meter, infos } = radioMeter(KEY, undefined, '12345678')
        const air = new AirMeter(fromHex(KEY)!, nodeCrypto, '12345678', type)
        const isCompact = Number(ci) % 2 === 1
        let now = 0
        const hear = (status: number, isShort: boolean) => {
          const ciOf = Number(ci) - (isCompact && !isShort ? 1 : 0)
          const header = fromHex(`${long && `${long}${type}`}01${hex(status, 1)}0000`)!
          now += 16_000
          air.minute = 1_000_000 + Math.floor(now / MINUTE)
          meter.receive(
            air.sendPayload(Uint8Array.of(ciOf, ...header, ...payloadOf(records, isShort).subarray(1))).frame,
            now,
          )
        }
        for (let i = 0; i < 5; i++) hear(0, false)
        for (const status of [0x04, 0x10, 0x1c, 0x01, 0x23, 0xe0]) hear(status, isCompact)
        deepEqual(
          infos,
          [
            own,
            `${own} POWER_LOW`,
            `${own} TEMPORARY_ERROR`,
            `${own} POWER_LOW PERMANENT_ERROR TEMPORARY_ERROR`,
            `${own} BUSY`,
            `${own} ALARM`,
            own,
          ].map((status) => `12345678 key=right&status=${status}&`),
          `${type}, ${ci}`,
        )
      }
  })

  it('tells the status of the transport layer where it has no record of its own', () => {
    const { meter, infos } = radioMeter(KEY, undefined, '12345678')
    const air = new AirMeter(fromHex(KEY)!, nodeCrypto, '12345678', '3002')
    const records = payloadOf([['0404', hex(2_150, 4)]], false).subarray(1)
    for (const [i, status] of [0, 0, 0, 0, 0x04, 0xe0, 0x08].entries()) {
      air.minute++
      meter.receive(air.sendPayload(Uint8Array.of(0x7a, 1, status, 0, 0, ...records)).frame, i * MINUTE)
    }
    deepEqual(infos, [
      '12345678 key=right&',
      '12345678 key=right&status=POWER_LOW&',
      '12345678 key=right&',
      '12345678 key=right&status=PERMANENT_ERROR&',
    ])
  })
})

describe('an OMNIPOWER as it was recorded', () => {
  it('gives samples of energy and power, and no flow', () => {
    const storage = remembered(OMNIPOWER.id, 0x2003dd60, 2_150, '040404843c042b04ab3c')
    const { meter, readings, infos } = radioMeter(OMNIPOWER.key, storage, OMNIPOWER.id)
    const times = [0, 60_000, (0x73410 - 0x3dd61) * 60_000]
    for (const [i, at] of times.entries()) meter.receive(OMNIPOWER.frames[i]!, at)
    deepEqual(
      readings.map(({ reading }) => reading),
      ['2.15', '2.15', '2.84'].map((energy) => ({
        serial: '12345678',
        quantities: { effect1: { value: '0.003', unit: 'kW' }, e1: { value: energy, unit: 'kWh' } },
      })),
    )
    deepEqual(infos[0], '12345678 key=right&')
  })
})

/** The signature of a header, as people write it. */
function crcText(header: string): string {
  const bytes = fromHex(header)!
  return crc16En13757(bytes, 0, bytes.length).toString(16).toUpperCase().padStart(4, '0')
}
