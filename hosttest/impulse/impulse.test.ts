import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { ImpulseCounter } from '../../modules/impulse/counter.js'
import { impulse } from '../../modules/impulse/driver.js'
import { ImpulseMeter } from '../../modules/impulse/meter.js'
import { sampleText } from '../../modules/meters/sample-text.js'
import { fromStored } from '../../modules/storage/settings.js'
import type { SlotError } from '../../modules/storage/slots.js'
import { SimulatedImpulses } from '../../twin/impulses.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'
import { FullStorage } from '../support/full-storage.js'
import { ScriptedSerial } from '../support/scripted-serial.js'

interface SetUp {
  readonly storage?: MemoryStorage
  readonly flow?: boolean
  readonly impulsesPerUnit?: number
  readonly start?: number
}

function setUp({ storage = new MemoryStorage(), flow = false, impulsesPerUnit = 100, start = 0 }: SetUp = {}) {
  const clock = testClock()
  const port = new SimulatedImpulses()
  const errors: SlotError[] = []
  const counter = new ImpulseCounter({
    port,
    clock,
    storage,
    anyWidth: flow,
    onCounted: () => {},
    onFlashError: (error) => errors.push(error),
  })
  const meter = new ImpulseMeter({
    clock,
    counter,
    flow,
    settings: () => ({ impulseSerial: 'EL1', impulsesPerUnit, impulseStart: start }),
  })
  const order = flow ? impulse.quantities.flow : impulse.quantities.heat
  const sample = async () => {
    const reading = await meter.read()
    return reading.ok && reading.value ? sampleText(reading.value, 20000, order) : ''
  }
  return { clock, port, counter, meter, storage, errors, sample }
}

describe('an impulse counter', () => {
  it('takes the impulses of an electricity meter, 80 to 120 ms, and no bouncing', () => {
    const { port, counter } = setUp()
    for (const width of [0.1, 5, 79, 80, 120, 121, 5000]) port.impulse(width)
    equal(counter.count, 0)
    for (const width of [80.1, 100, 119.9]) port.impulse(width)
    equal(counter.count, 3)
  })

  it('takes every impulse of a water meter', () => {
    const { port, counter } = setUp({ flow: true })
    for (const width of [0.1, 100, 5000]) port.impulse(width)
    equal(counter.count, 3)
  })

  it('takes those that came while the firmware was busy', () => {
    const { port, counter } = setUp()
    port.count += 4
    port.impulse()
    equal(counter.count, 5)
  })

  it('takes nothing where the input says that there was something and there was not', async () => {
    const { port, counter, sample } = setUp({ flow: true })
    port.onImpulse?.()
    equal(counter.lastAt, undefined)
    equal(await sample(), '')
  })

  it('says so when flash refuses the very first write', async () => {
    const storage = new FullStorage()
    storage.isFull = true
    const { counter, errors } = setUp({ storage })
    counter.save()
    equal(errors.length, 1)
  })

  it('goes on after power-off, a minute lost at most', async () => {
    const { port, counter, clock, storage } = setUp()
    for (let i = 0; i < 100; i++) {
      port.impulse()
      await clock.run(1_000)
    }
    equal(counter.count, 100)
    const again = setUp({ storage })
    equal(again.counter.count, 60)
    equal(again.counter.operatingTime, 60)
  })

  it('loses nothing when it is switched off in order or told to save', async () => {
    for (const end of ['close', 'save'] as const) {
      const { port, meter, storage } = setUp()
      port.impulse()
      meter[end]()
      equal(setUp({ storage }).counter.count, 1)
    }
  })

  it('writes once an hour while nothing comes, so that a power cut costs an hour of operating time', async () => {
    const { clock, port, storage } = setUp()
    port.impulse()
    await clock.run(86_400_000 + 120_000)
    equal(storage.writes('impulse'), 1 + 24)
    equal(setUp({ storage }).counter.operatingTime, 86_400 + 60)
    const quiet = setUp()
    await quiet.clock.run(3_600_000)
    equal(setUp({ storage: quiet.storage }).counter.operatingTime, 3_600)
  })

  it('does not write more often while impulses come than once a minute', async () => {
    const { clock, port, storage } = setUp()
    for (let i = 0; i < 7_200; i++) {
      port.impulse()
      await clock.run(1_000)
    }
    equal(storage.writes('impulse'), 120)
  })

  it('counts on while flash is full, says so once, and writes when there is room', async () => {
    const storage = new FullStorage()
    const { clock, port, counter, errors } = setUp({ storage })
    const count = async (impulses: number) => {
      for (let i = 0; i < impulses; i++) {
        port.impulse()
        await clock.run(1_000)
      }
    }
    await count(60)
    storage.isFull = true
    await count(300)
    equal(counter.count, 360)
    equal(errors.length, 1)
    equal(setUp({ storage }).counter.count, 60)
    storage.isFull = false
    await clock.run(61_000)
    equal(setUp({ storage }).counter.count, 360)
    storage.isFull = true
    await count(61)
    equal(errors.length, 2)
    counter.close()
    const { refused } = storage
    await clock.run(600_000)
    equal(storage.refused, refused, 'closed, it attempts nothing more')
  })
})

describe('an impulse meter', () => {
  it('tells power, energy and hours as the original', async () => {
    const { clock, port, sample } = setUp()
    await clock.run(7_000)
    port.impulse()
    equal(await sample(), 'heap=20000&e1=0.010 kWh&hr=0&')
    for (let i = 0; i < 3; i++) {
      await clock.run(20_000)
      port.impulse()
    }
    equal(await sample(), 'heap=20000&effect1=1.800 kW&e1=0.040 kWh&hr=0&')
  })

  it('tells no power of impulses that came at once, and the same power until the next one comes', async () => {
    const { clock, port, sample } = setUp()
    port.impulse()
    await sample()
    port.impulse()
    equal(await sample(), 'heap=20000&e1=0.020 kWh&hr=0&')
    await clock.run(20_000)
    port.impulse()
    for (let i = 0; i < 2; i++) equal(await sample(), 'heap=20000&effect1=1.800 kW&e1=0.030 kWh&hr=0&')
  })

  it('shows what somebody has read off it, and counts on from there', () => {
    for (const [flow, unit] of [
      [false, 'kWh'],
      [true, 'm3'],
    ] as const) {
      const storage = new MemoryStorage()
      const before = setUp({ storage, flow })
      for (let i = 0; i < 5; i++) before.port.impulse()
      const start = before.meter.startFor(1_234_567, 1000)
      before.meter.close()
      const { meter, port } = setUp({ storage, flow, start, impulsesPerUnit: 1000 })
      deepEqual([meter.reading, meter.unit], [1_234_567, unit])
      port.impulse()
      equal(meter.reading, 1_234_568)
    }
  })

  it('tells flow and volume of water', async () => {
    const { clock, port, sample } = setUp({ flow: true, start: 12_345_678, impulsesPerUnit: 1000 })
    port.impulse()
    await sample()
    await clock.run(3_600)
    port.impulse()
    equal(await sample(), 'heap=20000&flow1=1000 l/h&v1=12345.680 m3&hr=0&')
  })

  it('is exact for any number of impulses a unit', async () => {
    for (const [impulsesPerUnit, expected] of [
      [100, '10.000'],
      [300, '3.333'],
      [600, '1.666'],
      [640, '1.562'],
      [1000, '1.000'],
      [10000, '0.100'],
      [0, '10.000'],
    ] as const) {
      const { port, sample } = setUp({ impulsesPerUnit })
      port.count += 999
      port.impulse()
      equal(await sample(), `heap=20000&e1=${expected} kWh&hr=0&`, String(impulsesPerUnit))
    }
  })

  it('has nothing to tell a minute after the last impulse, nor before the first', async () => {
    const { clock, port, sample } = setUp()
    equal(await sample(), '')
    port.impulse()
    await clock.run(60_000)
    ok((await sample()) !== '')
    await clock.run(1)
    equal(await sample(), '')
  })

  it('counts hours over power-off', async () => {
    const { clock, meter, port, storage } = setUp()
    await clock.run(2 * 3_600_000)
    port.impulse()
    meter.close()
    const again = setUp({ storage })
    await again.clock.run(3_600_000)
    again.port.impulse()
    equal(await again.sample(), 'heap=20000&e1=0.020 kWh&hr=3&')
  })
})

describe('an impulse meter whose power went before its count was stored', () => {
  for (const flow of [false, true])
    it(`shows less than nothing as a number, ${flow ? 'm3' : 'kWh'}`, async () => {
      const { port, sample } = setUp({ flow, start: -500 })
      port.impulse()
      match(await sample(), flow ? /&v1=-0\.490 m3&/ : /&e1=-0\.490 kWh&/)
    })
})

describe('the driver of impulse meters', () => {
  const create = (impulses: SimulatedImpulses | undefined, impulseSerial = '') => {
    const clock = testClock()
    return impulse.create(
      {
        clock,
        serial: new ScriptedSerial(clock, () => []),
        impulses,
        storage: new MemoryStorage(),
        radio: undefined,
        light: { flash: () => {} },
        onFlashError: () => {},
      },
      {
        flow: false,
        serial: '42',
        model: 'IMPULSE',
        settings: () => ({ ...fromStored(undefined), impulseSerial }),
        seconds: () => 0,
        onReading: () => {},
        onFailure: () => {},
      },
    )
  }

  it('calls the meter by the number that somebody has typed, else by that of the board', () => {
    equal(create(new SimulatedImpulses()).serial, '42')
    equal(create(new SimulatedImpulses(), '1234567').serial, '1234567')
  })

  it('makes none on a board without the input, and says why', () => {
    throws(() => create(undefined), /an impulse meter needs an input/)
  })
})

describe('twenty impulses a second for a day', () => {
  it('are counted, none lost and none doubled', async () => {
    const { clock, counter, port, storage, meter } = setUp({ flow: true })
    const seconds = 86_400
    // The firmware is told of one to a hundred at a time, as busy as it is.
    let left = 20 * seconds
    for (let i = 0; left > 0; i++) {
      const burst = Math.min(left, 1 + (i % 100))
      port.count += burst - 1
      port.impulse(25)
      left -= burst
      await clock.run(burst * 50)
    }
    meter.close()
    equal(counter.count, 20 * seconds)
    equal(setUp({ storage }).counter.count, 20 * seconds)
    const writes = storage.writes('impulse')
    ok(writes <= 1441, `${writes} writes`)
    deepEqual(clock.now() > seconds * 999, true)
  })
})
