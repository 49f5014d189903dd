// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { testTwin } from '../../../twin/virtual.js'

/** The simulated meter stands at 56,726 kWh and 1,321,270 litres at power-on. */
const HOUR = 3_600_000

async function onlineTwin(flags: Record<string, string> = {}, storage = new MemoryStorage()) {
  const device = testTwin(flags, { storage })
  await device.online()
  return device
}

describe('the valve', () => {
  it('drives AC output 1 while open, the other way round for an actuator that is open without current', async () => {
    for (const [flags, open, closed] of [
      [{ AUTO_CLOSE: '0' }, 1, 0],
      [{ AUTO_CLOSE: '0', THERMO_NO: '1' }, 0, 1],
    ] as const) {
      const { twin, ask } = await onlineTwin(flags)
      equal(twin.ac1.level, closed)
      await ask('open')
      equal(twin.ac1.level, open)
      await ask('close')
      equal(twin.ac1.level, closed)
      ok(twin.ac2.level !== 1, 'output 2 is left alone')
    }
  })

  it('drives both outputs with THERMO_ON_AC_2', async () => {
    const { twin, ask } = await onlineTwin({ THERMO_ON_AC_2: '1', AUTO_CLOSE: '0' })
    await ask('open')
    deepEqual([twin.ac1.level, twin.ac2.level], [1, 1])
  })

  it('is as it was after power-off, before there is a network', async () => {
    const storage = new MemoryStorage()
    const first = await onlineTwin({ AUTO_CLOSE: '0' }, storage)
    await first.ask('open')
    await first.clock.run(3_000)
    const { twin } = testTwin({ AUTO_CLOSE: '0' }, { storage })
    equal(twin.ac1.level, 1)
  })

  it('blinks fast while open and slowly while closed with LED_ON_AC, and not without', async () => {
    for (const [name, changes] of [
      ['open', 50],
      ['close', 10],
    ] as const) {
      const { clock, twin, ask } = await onlineTwin({ LED_ON_AC: '1', AUTO_CLOSE: '0' })
      await ask(name)
      const before = twin.led.changes
      await clock.run(10_000)
      equal(twin.led.changes - before, changes)
    }
    const { clock, twin } = await onlineTwin()
    await clock.run(10_000)
    deepEqual([twin.led.level, twin.led.changes], [0, 0])
  })

  it('goes on and off every 12 s with AC_TEST', async () => {
    const { clock, twin } = testTwin({ AC_TEST: '1' })
    equal(twin.ac1.level, 1)
    await clock.run(12 * 12_000 + 100)
    equal(twin.ac1.changes, 1 + 12)
  })
})

describe('a limit', () => {
  it('closes the valve when the meter reaches it, and tells the server', async () => {
    const { clock, twin, ask, messages } = await onlineTwin()
    deepEqual(await ask('open_until', '56735.5'), ['open_until 56735', 'status open'])
    const before = messages('status').length
    equal(twin.ac1.level, 1)
    await clock.run(3 * HOUR)
    equal(twin.ac1.level, 0)
    deepEqual(
      messages('status')
        .slice(before)
        .map(({ text }) => text),
      ['close'],
    )
    const closed = messages('status').at(-1)!
    const total = (time: number) =>
      Number(
        /e1=([0-9]+)\.([0-9]+)/
          .exec(messages('sample').find((sample) => sample.time >= time - 1)!.text)!
          .slice(1)
          .join(''),
      )
    equal(total(closed.time), 56735)
    equal(total(closed.time - 60), 56734)
  })

  it('holds without a network', async () => {
    const { clock, twin, ask } = await onlineTwin()
    await ask('open_until', '56735')
    twin.wifi.inRange = false
    await clock.run(3 * HOUR)
    equal(twin.ac1.level, 0)
  })

  it('holds after power-off, and while nothing but the meter answers', async () => {
    const storage = new MemoryStorage()
    const first = await onlineTwin({}, storage)
    await first.ask('open_until', '56730')
    const { clock, twin } = testTwin({}, { storage })
    twin.wifi.inRange = false
    twin.start()
    equal(twin.ac1.level, 1)
    await clock.run(3 * HOUR)
    equal(twin.ac1.level, 0)
  })

  it('is cubic metres for a flow meter', async () => {
    const { clock, twin, ask } = await onlineTwin({ FLOW_METER: '1' })
    deepEqual(await ask('open_until', '1321.5'), ['open_until 1321.500', 'status open'])
    await clock.run(3 * HOUR)
    equal(twin.ac1.level, 0)
  })

  it('does not close the valve with AUTO_CLOSE=0', async () => {
    const { clock, twin, ask } = await onlineTwin({ AUTO_CLOSE: '0' })
    await ask('open_until', '1')
    await clock.run(3 * HOUR)
    equal(twin.ac1.level, 1)
  })

  it('of 0 closes what was opened without one, as prepaid heat wants it', async () => {
    const { clock, twin, ask } = await onlineTwin()
    await ask('open')
    equal(twin.ac1.level, 1)
    await clock.run(61_000)
    equal(twin.ac1.level, 0)
  })
})

describe('open_until', () => {
  it('with what is no amount does not open the valve for nothing, but tells the present limit', async () => {
    const { twin, ask, storage } = await onlineTwin()
    await ask('open_until', '56800')
    await ask('close')
    const writes = storage.writes('settings')
    for (const payload of ['', 'abc', '-1', '-0.5', 'NaN', '1e6', 'open']) {
      deepEqual(await ask('open_until', payload), ['open_until 56800', 'status close'], payload)
      equal(twin.ac1.level, 0)
    }
    ok(storage.writes('settings') - writes <= 1)
  })

  it('with half a litre less than nothing does not open a flow meter either', async () => {
    const { twin, ask } = await onlineTwin({ FLOW_METER: '1' })
    deepEqual(await ask('open_until', '-0.5'), ['open_until 0.000', 'status close'])
    equal(twin.ac1.level, 0)
  })

  it('below the total never lets heat through', async () => {
    const { twin, ask } = await onlineTwin()
    deepEqual(await ask('open_until', '56000'), ['open_until 56000', 'status close'])
    equal(twin.ac1.level, 0)
    equal(twin.ac1.changes, 0)
  })

  it('again and again, as the server sends it until it is answered, writes once', async () => {
    const { clock, ask, storage } = await onlineTwin()
    const writes = storage.writes('settings')
    for (let i = 0; i < 30; i++) {
      deepEqual(await ask('open_until', '99999.9'), ['open_until 99999', 'status open'])
      await clock.run(10_000)
    }
    equal(storage.writes('settings') - writes, 1)
  })
})

describe('open_until_delta', () => {
  it('counts from what the meter shows, and answers what was paid for', async () => {
    const { ask } = await onlineTwin()
    deepEqual(await ask('open_until_delta', '100'), ['open_until_delta 100', 'status open'])
    deepEqual(await ask('open_until', '-1'), ['open_until 56826', 'status open'])
  })

  it('with the number that the limit happens to be is no less paid for', async () => {
    const { ask } = await onlineTwin()
    await ask('open_until', '100')
    deepEqual(await ask('open_until_delta', '100'), ['open_until_delta 100', 'status open'])
  })

  it('does not add up when the server sends it twice', async () => {
    const { ask } = await onlineTwin()
    await ask('open_until_delta', '100')
    deepEqual(await ask('open_until_delta', '100'), ['open_until_delta 100', 'status open'])
  })

  it('tells what is missing when the meter is beyond the limit, and not four billion', async () => {
    const { ask } = await onlineTwin()
    await ask('open_until', '56700')
    deepEqual(await ask('open_until_delta', 'x'), ['open_until_delta -26', 'status close'])
  })

  it('is not answered before the meter was read: it would count from nothing', async () => {
    const { clock, twin, ask } = testTwin()
    twin.line.faults.silent = true
    twin.start()
    await clock.run(60_000)
    deepEqual(await ask('open_until_delta', '100'), [])
    equal(twin.ac1.level, 0)
    twin.line.faults.silent = false
    await clock.run(30_000)
    deepEqual(await ask('open_until_delta', '100'), ['open_until_delta 100', 'status open'])
  })

  it('is litres with their fraction for a flow meter', async () => {
    const { ask } = await onlineTwin({ FLOW_METER: '1' })
    deepEqual(await ask('open_until_delta', '1.2345'), ['open_until_delta 1.234', 'status open'])
  })
})

describe('a restart', () => {
  it('loses nothing that was commanded a moment before', async () => {
    const { clock, twin, ask, messages } = await onlineTwin({ AUTO_CLOSE: '0' })
    await ask('open', '1', 100)
    await ask('set_cron', 'minute=1&command=close', 100)
    await ask('restart', '1', 100)
    await clock.run(40_000)
    equal(twin.ac1.level, 1)
    deepEqual(await ask('cron'), ['cron 1'])
    deepEqual(await ask('status'), ['status open'])
    ok(messages('reset_reason').at(-1)!.text.startsWith('reason=4&'))
    ok(Number((await ask('uptime'))[0]!.split(' ')[1]) < 30)
  })
})
