import { deepEqual, equal, match } from 'node:assert/strict'
import { EmbeddedBroker } from '../../twin/broker.js'
import { Heard, SimpleDevice } from '../support/bridge.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { until } from '../support/until.js'
import { arrival, inBothDatabases } from './databases.js'

const HOUR = 3_600_000
const SERIAL = '7000001'

/** Of the present test, since 1970. Minutes may pass while it runs. */
let now = 0

function setNow(): void {
  now = Math.floor(Date.now() / 60_000)
}

/** A sample of so many minutes ago, whose energy in kWh is its minute's number. */
function sample(minutes: number, serial = SERIAL) {
  const time = new Date((now - minutes) * 60_000).toISOString()
  return arrival(serial, 'sample', time, `t1=60.0 C&e1=${100_000 - minutes}.5 kWh&`)
}

const minutes = (from: number, to: number) => Array.from({ length: from - to }, (_, i) => sample(from - i))

inBothDatabases('what is kept', (databases) => {
  beforeEach(setNow)

  it('is what is younger; hours and days stay as they were, and more than one turn’s samples go', async () => {
    const store = await databases.open()
    await store.write(minutes(5000, 10))
    const rolled = () =>
      Promise.all(['hourly', 'daily'].map((view) => store.rows(`SELECT * FROM ${view} ORDER BY start`)))
    const before = await rolled()
    const gone = await store.prune(HOUR)
    equal(gone >= 5000 - 60, true)
    const [row] = await store.rows('SELECT count(*) AS n, min(energy_wh) AS first FROM samples')
    deepEqual(row, { n: String(4990 - gone), first: String((95_000 + gone) * 1000 + 500) })
    deepEqual(await rolled(), before)
  })

  it('never lacks a device’s newest sample, however old it is', async () => {
    const store = await databases.open()
    await store.write([...minutes(5000, 4990), sample(6000, '7000002'), sample(7000, '7000002')])
    await store.prune(HOUR)
    deepEqual(await store.rows('SELECT serial, energy_wh FROM samples ORDER BY serial'), [
      { serial: SERIAL, energy_wh: '95009500' },
      { serial: '7000002', energy_wh: '94000500' },
    ])
  })

  it('takes no late sample from before that, and none counts twice; what was used is right', async () => {
    const store = await databases.open()
    await store.write([...minutes(300, 250), ...minutes(30, 0)])
    const used = async () => (await store.rows('SELECT sum(energy_wh_used) AS used, sum(samples) AS n FROM hourly'))[0]
    await store.prune(HOUR)
    const before = await used()
    // Some that had come before, some that had not.
    await store.write(minutes(300, 200))
    equal(store.refused, 100)
    deepEqual(await used(), before)
    equal(Number(before!.used), 299 * 1000)
    // Not so old, and late.
    await store.write(minutes(50, 30))
    equal(Number((await used())!.n), 100)
    equal((await used())!.used, before!.used)
  })

  it('takes what comes after a clock of the bridge that was years ahead is right again', async () => {
    const store = await databases.open()
    await store.write(minutes(120, 10))
    const right = Date.now
    try {
      Date.now = () => right() + 20_000 * HOUR
      await store.prune(100 * HOUR)
    } finally {
      Date.now = right
    }
    await store.write(minutes(10, 0))
    equal(store.refused, 0)
    deepEqual(await store.rows('SELECT count(*) AS n FROM samples'), [{ n: '11' }])
  })

  it('lets writers through while it removes', async () => {
    const store = await databases.open()
    // The first has more than goes at once; with each of the others it is somebody else's turn again.
    await store.write(minutes(5000, 100))
    const others = Array.from({ length: 60 }, (_, i) => String(7_000_002 + i))
    await store.write(others.flatMap((serial) => [sample(300, serial), sample(200, serial)]))
    let isDone = false
    const pruned = store.prune(HOUR).then((count) => {
      isDone = true
      return count
    })
    let between = 0
    for (let i = 99; i >= 0 && !isDone; i--) {
      await store.write([sample(i)])
      if (!isDone) between++
    }
    // The newest of them stays until another one is there.
    equal((await pruned) >= 4899 + others.length, true)
    equal(between > 0, true)
  })
})

describe('bridge --keep', () => {
  const { start, meterlogger } = commandLine()

  inBothDatabases('removes what is old', (databases) => {
    beforeEach(setNow)

    it('also what was there before it was started', async () => {
      const url = await databases.fresh()
      const store = await databases.open(url)
      await store.write(minutes(200, 50))
      const broker = await EmbeddedBroker.listen(0)
      const heard = await Heard.of(broker.url, '#')
      try {
        const child = start('bridge', '--broker', broker.url, '--key', KEY, '--database', url, '--keep', '1h')
        await new Lines(child.stderr).find(/^bridging /)
        await new SimpleDevice(heard.client, SERIAL, KEY).say('sample', 'e1=100000.5 kWh&')
        await until(async () => (await store.rows('SELECT time FROM samples')).length <= 12, 'the old ones to go')
        await until(
          async () => (await store.rows('SELECT sum(samples) AS n FROM days'))[0]!.n === '151',
          'all of them in the roll-up',
        )
      } finally {
        await heard.close()
        await broker.close()
      }
    })
  })

  it('needs a database and a duration', async () => {
    const run = (...options: string[]) =>
      meterlogger(['bridge', '--broker', 'mqtt://127.0.0.1:1', '--key', KEY, ...options])
    const [none, wrong] = [await run('--keep', '90d'), await run('--keep', 'long', '--database', 'file:x')]
    deepEqual([none.code, wrong.code], [2, 2])
    match(none.err, /--keep: nothing is kept without --database/)
    match(wrong.err, /--keep: expected 90d or 2h/)
  })
})
