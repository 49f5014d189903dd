// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../../twin/virtual.js'
import { setUpTwin } from '../support/portal-twin.js'

const MINUTE = 60_000

/** Keys and units of a sample by build, as the server knows them. */
const SAMPLES: readonly (readonly [name: string, flags: Record<string, string>, keys: string])[] = [
  ['KMP', {}, 'heap t1:C t2:C tdif:K flow1:l/h effect1:kW hr:h v1:m3 e1:MWh'],
  ['KMP flow', { FLOW_METER: '1' }, 'heap flow1:l/h hr:h v1:m3'],
  ['66-C', { EN61107: '1' }, 'heap program t1:C t2:C t3:C tdif:C flow1:l/h effect1:kW hr:h v1:m3 e1:MWh'],
  ['66-C flow', { EN61107: '1', FLOW_METER: '1' }, 'heap program flow1:l/h hr:h v1:m3'],
  ['66-B', { MC_66B: '1' }, 'heap program t1:C t2:C tdif:C flow1:l/h effect1:kW hr:h v1:m3 e1:MWh'],
  ['66-B flow', { MC_66B: '1', FLOW_METER: '1' }, 'heap program flow1:l/h hr:h v1:m3'],
  ['no meter', { DEBUG_NO_METER: '1' }, 'heap t1:C t2:C tdif:K flow1:l/h effect1:kW hr:h v1:m3 e1:kWh'],
  [
    'no MULTICAL 66',
    { DEBUG_NO_METER: '1', EN61107: '1' },
    'heap t1:C t2:C tdif:K flow1:l/h effect1:kW hr:h v1:m3 e1:kWh',
  ],
  ['no meter, flow', { DEBUG_NO_METER: '1', FLOW_METER: '1' }, 'heap flow1:l/h hr:h v1:m3'],
]

function keysOf(text: string): string {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => pair.replace(/=[0-9.-]+ ?/, ':').replace(/:$/, ''))
    .join(' ')
}

describe('a sample', () => {
  for (const [name, flags, keys] of SAMPLES) {
    it(`of ${name} has the server's keys, in order, with their units`, async () => {
      const { clock, twin, messages } = testTwin(flags)
      twin.start()
      await clock.run(5 * MINUTE)
      const samples = messages('sample')
      ok(samples.length >= 5)
      for (const sample of samples) equal(keysOf(sample.text), keys)
    })
  }
})

for (const [name, flags] of SAMPLES.filter(([, flags]) => !flags.DEBUG_NO_METER)) {
  describe(`the limit of ${name}`, () => {
    it('closes the valve, and tells the server once', async () => {
      const { clock, twin, online, ask, messages } = testTwin(flags)
      await online()
      await clock.run(MINUTE)
      const limit = flags.FLOW_METER ? '1321.5' : '56735'
      deepEqual((await ask('open_until', limit))[1], 'status open')
      const before = messages('status').length
      await clock.run(180 * MINUTE)
      equal(twin.ac1.level, 0)
      deepEqual(
        messages('status')
          .slice(before)
          .map(({ text }) => text),
        ['close'],
      )
    })
  })

  describe(`the line of ${name}`, () => {
    for (const [fault, on] of [
      ['silence', { silent: true }],
      ['noise', { noise: 0.2 }],
      ['an echo and noise', { echo: true, noise: 0.1 }],
    ] as const) {
      it(`is read again within two periods after ${fault}, and only the truth was told meanwhile`, async () => {
        const { clock, twin, messages } = testTwin(flags)
        twin.start()
        await clock.run(2 * MINUTE)
        const keys = keysOf(messages('sample')[0]!.text)
        Object.assign(twin.line.faults, on)
        await clock.run(5 * MINUTE)
        Object.assign(twin.line.faults, { silent: false, echo: false, noise: 0 })
        const before = messages('sample').length
        await clock.run(2 * MINUTE)
        const samples = messages('sample')
        ok(samples.length > before, `${samples.length} samples`)
        for (const sample of samples) ok(keys.startsWith(keysOf(sample.text).slice(0, 4)))
      })
    }

    it('with an echo is read all the time', async () => {
      const { clock, twin, messages } = testTwin(flags)
      twin.line.faults.echo = true
      twin.start()
      await clock.run(10 * MINUTE)
      ok(messages('sample').length >= 10)
    })
  })
}

describe('an impulse meter in the firmware', () => {
  async function sampled(flags: Record<string, string>) {
    const device = testTwin({ IMPULSE: '1', SERIAL: '42', ...flags })
    device.twin.start()
    for (let i = 0; i < 10; i++) {
      await device.clock.run(30_000)
      device.twin.impulses.impulse()
    }
    return device
  }

  it("has the server's keys and its own number, not padded", async () => {
    const { messages, twin } = await sampled({})
    equal(messages('sample').length, 4)
    // A number that the meter does not tell is none to keep.
    equal(twin.settings.serial, '')
    for (const sample of messages('sample').slice(1)) {
      equal(keysOf(sample.text), 'heap effect1:kW e1:kWh hr')
      equal(sample.serial, '42')
    }
    equal(messages('status').length, 0)
  })

  it('counts water with FLOW_METER', async () => {
    const { messages } = await sampled({ FLOW_METER: '1' })
    equal(keysOf(messages('sample').at(-1)!.text), 'heap flow1:l/h v1:m3 hr')
  })

  it('flashes its light at every impulse, and drives no valve', async () => {
    const { twin } = await sampled({})
    deepEqual([twin.led.changes, twin.ac1.level], [19, undefined])
  })

  it('has its count in flash before a new reading is, so that a power cut takes nothing off it', async () => {
    const storage = new MemoryStorage()
    const before = setUpTwin({ IMPULSE: '1', SERIAL: '42' }, storage)
    await before.online()
    for (let i = 0; i < 500; i++) before.twin.impulses.impulse()
    await before.post('/wifi/setup.cgi', 'essid=twin&passwd=simulated&impulse_meter_units=7')
    await before.clock.run(10_000)
    // The power goes now: nothing is closed.
    const { clock, online, twin, messages } = testTwin({ IMPULSE: '1', SERIAL: '42' }, { storage })
    await online()
    twin.impulses.impulse()
    await clock.run(60_000)
    match(messages('sample').at(-1)!.text, /&e1=7\.010 kWh&/)
  })

  it('saves what it has counted when it is told to', async () => {
    const device = await sampled({})
    const before = device.storage.writes('impulse')
    deepEqual(await device.ask('save'), ['save saved'])
    equal(device.storage.writes('impulse') - before, 1)
  })
})
