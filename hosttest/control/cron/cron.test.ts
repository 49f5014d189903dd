// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { POWER_ON, testTwin } from '../../../twin/virtual.js'

const MINUTE = 60_000

/** 2027-01-15 08:00:00 UTC is when the twins of the tests are switched on: 09:00 in Denmark. */
async function twinWithJobs(...jobs: string[]) {
  const device = testTwin({ AUTO_CLOSE: '0' })
  await device.online()
  for (const job of jobs) await device.ask('set_cron', job)
  return device
}

function ran(log: readonly string[]): string[] {
  return log.filter((line) => line.startsWith('cron: '))
}

describe('cron', () => {
  it('is tested from 9 in the morning', () => {
    equal(new Date(POWER_ON).toISOString(), '2027-01-15T08:00:00.000Z')
  })

  it('opens and closes the valve at its local times', async () => {
    const { clock, twin } = await twinWithJobs('minute=10&hour=9&command=open', 'minute=20&hour=9&command=close')
    await clock.run(9 * MINUTE)
    equal(twin.ac1.level, 0)
    await clock.run(MINUTE)
    equal(twin.ac1.level, 1)
    await clock.run(10 * MINUTE)
    equal(twin.ac1.level, 0)
  })

  it('runs a job once in its minute, at the beginning, and every hour again', async () => {
    const { clock, log } = await twinWithJobs('minute=5&command=reconnect')
    await clock.run(5 * MINUTE - 10_000 - 2_000)
    equal(ran(log).length, 0)
    await clock.run(3_000)
    equal(ran(log).length, 1)
    await clock.run(24 * 60 * MINUTE)
    equal(ran(log).length, 25)
  })

  it('runs the job of the next minute in the next minute', async () => {
    const { clock, log } = await twinWithJobs('minute=1&command=open', 'minute=2&command=close')
    await clock.run(MINUTE)
    deepEqual(ran(log), ['cron: open'])
    await clock.run(MINUTE)
    deepEqual(ran(log), ['cron: open', 'cron: close'])
  })

  it('runs the jobs of a minute in the order they were set, up to a clear_cron', async () => {
    const { clock, log, ask } = await twinWithJobs(
      'minute=1&command=open',
      'minute=1&command=test',
      'minute=1&command=off',
      'minute=1&command=clear_cron',
      'minute=1&command=close',
    )
    await clock.run(MINUTE)
    deepEqual(ran(log), ['cron: open', 'cron: test', 'cron: off', 'cron: clear_cron'])
    deepEqual(await ask('cron'), ['cron 0'])
  })

  it('drives nothing after off, and the stored state stays', async () => {
    const { clock, twin, ask } = await twinWithJobs('minute=1&command=open', 'minute=1&command=off')
    await clock.run(MINUTE)
    equal(twin.ac1.level, 0)
    deepEqual(await ask('status'), ['status open'])
  })

  it('sets Wi-Fi with parameters that hold every sign', async () => {
    const { clock, ask } = await twinWithJobs('minute=1&command=set_ssid_pwd=ssid=the_ssid&pwd=se=cr%26et')
    await clock.run(MINUTE)
    deepEqual(await ask('ssid'), ['ssid the_ssid'])
  })

  it('publishes nothing when a job runs', async () => {
    const { clock, messages, log } = await twinWithJobs('minute=1&command=open', 'minute=1&command=start_ap')
    const before = messages().filter(({ kind }) => kind !== 'sample').length
    await clock.run(2 * MINUTE)
    equal(ran(log).length, 2)
    equal(messages().filter(({ kind }) => kind !== 'sample').length, before)
  })

  it('does not make up for what was missed while the clock was not set', async () => {
    const storage = new MemoryStorage()
    const first = testTwin({ AUTO_CLOSE: '0' }, { storage })
    await first.online()
    await first.ask('set_cron', 'minute=1&hour=9&command=open')
    first.twin.close()
    let answer: (unix: number) => void = () => {}
    const queryTime = () => new Promise<number>((resolve) => (answer = resolve))
    const second = testTwin({ AUTO_CLOSE: '0' }, { storage, queryTime })
    second.twin.start()
    await second.clock.run(2 * MINUTE)
    answer(POWER_ON + second.clock.now())
    await second.clock.run(60 * MINUTE)
    equal(second.twin.ac1.level, 0)
  })

  it('keeps its jobs over power-off, and writes once for several', async () => {
    const storage = new MemoryStorage()
    const first = testTwin({}, { storage })
    await first.online()
    const writes = storage.writes('settings')
    for (let i = 0; i < 5; i++) await first.ask('set_cron', `minute=${i}&command=open`, 100)
    await first.clock.run(3_000)
    equal(storage.writes('settings') - writes, 1)
    const second = testTwin({}, { storage })
    await second.online()
    deepEqual(await second.ask('cron'), ['cron 5'])
  })

  it('runs a job whose field is empty as one that matches always, and the test of the outputs', async () => {
    const { clock, twin } = await twinWithJobs('minute=10&hour=&command=test')
    let changes = 0
    twin.ac1.onChange = () => changes++
    await clock.run(9 * MINUTE)
    equal(changes, 0)
    await clock.run(MINUTE)
    ok(changes > 0)
  })

  it('refuses what is no job, and the reply says why', async () => {
    const { ask } = await twinWithJobs()
    for (const [payload, reason] of [
      ['', 'command: missing; it must come last'],
      ['minute=1', 'command: missing; it must come last'],
      ['command=', 'command: expected a name'],
      ['minute=99&command=open', 'minute: expected 0 to 59 as in crontab, got "99"'],
      ['minute=*/0&command=open', 'minute: expected 0 to 59 as in crontab, got "*/0"'],
      ['day_of_month=31&month=2,4&command=open', 'times: day 31 never comes in month 2,4'],
      [
        'minute=0&hours=6&command=open',
        'hours: not a field; there are minute, hour, day_of_month, month, day_of_week, command',
      ],
      [
        'command=opne',
        'command: no job can do "opne"; there are open, close, off, test, set_ssid_pwd, reconnect, start_ap, stop_ap, clear_cron',
      ],
    ] as const)
      deepEqual(await ask('set_cron', payload), [`set_cron refused: ${reason}`])
    deepEqual(await ask('cron'), ['cron 0'])
  })

  it('takes the same job once, and says so each time', async () => {
    const { ask, clock, storage } = await twinWithJobs('minute=1&command=open')
    await clock.run(5_000)
    const writes = storage.writes('')
    for (let i = 0; i < 20; i++)
      deepEqual(await ask('set_cron', 'minute=1&command=open'), ['set_cron minute=1&command=open'])
    await ask('set_cron', 'minute=1&hour=&day_of_week=*&command=open')
    await clock.run(3_000)
    deepEqual(await ask('cron'), ['cron 1'])
    equal(storage.writes(''), writes)
  })

  it('takes 16 jobs', async () => {
    const { ask, clock } = await twinWithJobs()
    for (let i = 0; i < 16; i++) await ask('set_cron', `minute=${i}&command=open`)
    deepEqual(await ask('set_cron', 'minute=16&command=open'), ['set_cron refused: there are 16 jobs already'])
    deepEqual(await ask('cron'), ['cron 16'])
    await clock.run(3_000)
    await ask('clear_cron')
    deepEqual(await ask('cron'), ['cron 0'])
  })

  it('does not run a minute twice when the clock is put back a little', async () => {
    let unix = POWER_ON
    const device = testTwin({ AUTO_CLOSE: '0' }, { queryTime: async () => unix })
    await device.online()
    await device.ask('set_cron', 'minute=*&command=open')
    for (let hour = 0; hour < 5; hour++) {
      await device.clock.run(60 * MINUTE)
      // Each answer of the time server is 100 s behind what we have.
      unix = POWER_ON + device.clock.now() - 100_000 * (hour + 1)
    }
    const minutes = 5 * 60
    const runs = ran(device.log).length
    ok(runs <= minutes && runs > minutes - 5 * 3, `${runs} runs in ${minutes} minutes`)
  })
})
