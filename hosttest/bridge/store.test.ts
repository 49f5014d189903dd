import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { DatabaseRefused } from '../../bridge/store/store.js'
import { arrival, inBothDatabases } from './databases.js'

const SERIAL = '7000001'

/** A sample of a minute of an hour whose energy rises by 1 kWh a minute. */
function sample(minute: number, more = '', serial = SERIAL) {
  const time = new Date(Date.parse('2026-11-26T10:00:00Z') + minute * 60_000).toISOString()
  return arrival(serial, 'sample', time, `t1=${60 + minute}.5 C&e1=${1000 + minute}.125 kWh&${more}`)
}

inBothDatabases('the store', (databases) => {
  it('has one row for a sample however often it comes, and the first one counts', async () => {
    const store = await databases.open()
    await store.write([sample(0), sample(1), sample(0)])
    await store.write([sample(1), { ...sample(0), text: 'e1=9 kWh&' }])
    deepEqual(await store.rows('SELECT time, energy_kwh FROM readings ORDER BY time'), [
      { time: '2026-11-26T10:00:00Z', energy_kwh: '1000.125' },
      { time: '2026-11-26T10:01:00Z', energy_kwh: '1001.125' },
    ])
    deepEqual(await store.rows('SELECT samples, energy_wh_min, energy_wh_max, t1_millicelsius_n FROM hours'), [
      { samples: '2', energy_wh_min: '1000125', energy_wh_max: '1001125', t1_millicelsius_n: '2' },
    ])
  })

  it('holds every digit, and what no column holds exactly as it came', async () => {
    const store = await databases.open()
    const texts = [
      'e1=999999999.999 kWh&v1=123456789012 m3&',
      'e1=123456789012 MWh&t1=-0.001 C&t2=-0 C&',
      'e1=999999.999999 Gj&hr=7&',
      'e1=1.0000 kWh&program=000123456789&',
      'e1=1.0001 kWh&t1=NaN C&flow1=1 m3/h&x&=&=1&note=a b=c&',
      'e1=1 kWh&e1=2 kWh&e1=3 GJ&',
      `e1=${'9'.repeat(40)} kWh&`,
      'ssid=\0\u{1f600}&',
    ]
    for (const [minute, text] of texts.entries()) await store.write([{ ...sample(minute), text }])
    const rows = await store.rows(
      'SELECT energy_kwh, energy_gj, volume_m3, t1_c, t2_c, operating_h, program, other FROM readings ORDER BY time',
    )
    const told = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
    deepEqual(told, [
      { energy_kwh: '999999999.999', volume_m3: '123456789012.000000' },
      { energy_kwh: '123456789012000.000', t1_c: '-0.001', t2_c: '0.000' },
      { energy_gj: '999999.999999', operating_h: '7.000' },
      { energy_kwh: '1.000', program: '000123456789' },
      { other: 'e1=1.0001 kWh&t1=NaN C&flow1=1 m3/h&x&=&=1&note=a b=c&' },
      { energy_kwh: '1.000', energy_gj: '3.000000', other: 'e1=2 kWh&' },
      { other: `e1=${'9'.repeat(40)} kWh&` },
      { other: 'ssid=\ufffd\u{1f600}&' },
    ])
  })

  it('refuses times that cannot be, counts them, and takes the rest', async () => {
    const store = await databases.open()
    const now = '2026-11-26T10:00:00Z'
    const at = (time: string) => arrival(SERIAL, 'sample', time, 'e1=1 kWh&', now)
    const never = { ...at(now), time: Number.NaN }
    await store.write([at('2025-12-31T23:59:59Z'), at('2026-11-27T10:00:01Z'), never, { ...never, kind: 'version' }])
    await store.write([at('2026-01-01T00:00:00Z'), at('2026-11-27T10:00:00Z'), { ...at(now), time: 1e300 }])
    equal(store.refused, 5)
    deepEqual(await store.rows('SELECT time FROM samples ORDER BY time'), [
      { time: '2026-01-01T00:00:00Z' },
      { time: '2026-11-27T10:00:00Z' },
    ])
    // Its clock is ahead of ours.
    deepEqual(await store.rows('SELECT last_seen FROM devices'), [{ last_seen: now }])
  })

  it('rolls up the same in any order, with what comes late', async () => {
    const minutes = [...Array(180).keys()].filter((minute) => minute % 17 !== 0)
    const orders = [
      minutes,
      [...minutes].reverse(),
      [...minutes].sort((a, b) => ((a * 7919) % 181) - ((b * 7919) % 181)),
    ]
    const answers = []
    for (const order of orders) {
      const store = await databases.open()
      for (let i = 0; i < order.length; i += 23)
        await store.write(order.slice(i, i + 23).map((minute) => sample(minute)))
      answers.push([await store.rows('SELECT * FROM hourly ORDER BY start'), await store.rows('SELECT * FROM daily')])
      const [row] = await store.rows(
        `SELECT sum(energy_wh_used) AS hours, (SELECT energy_wh_used FROM daily) AS days,
         (SELECT max(energy_wh) - min(energy_wh) FROM samples) AS samples FROM hourly`,
      )
      deepEqual(row, { hours: '178000', days: '178000', samples: '178000' })
    }
    deepEqual(answers[1], answers[0])
    deepEqual(answers[2], answers[0])
  })

  it('tells the mean of a period, rounded, and what was used over a gap and after a counter has gone back', async () => {
    const store = await databases.open()
    const at = (minute: number, t1: string, e1?: number) => ({
      ...sample(minute),
      text: `t1=${t1} C&${e1 === undefined ? '' : `e1=${e1} kWh&`}`,
    })
    await store.write([at(0, '-1.001', 100), at(1, '-1.000', 101)])
    await store.write([at(70, '1.000'), at(71, '1.001')])
    await store.write([at(200, '0', 110), at(260, '5', 3), at(261, '5', 4)])
    deepEqual(await store.rows('SELECT t1_c_mean, energy_kwh_used FROM hourly ORDER BY start'), [
      { t1_c_mean: '-1.001', energy_kwh_used: '1.000' },
      { t1_c_mean: '1.001', energy_kwh_used: null },
      { t1_c_mean: '0.000', energy_kwh_used: '9.000' },
      { t1_c_mean: '5.000', energy_kwh_used: '1.000' },
    ])
  })

  it('keeps of each device what it said last, and believes no last will of a stranger', async () => {
    const store = await databases.open()
    const say = (kind: string, time: string, text: string, serial = SERIAL) =>
      arrival(serial, kind, `2026-11-26T${time}:00Z`, text)
    await store.write([
      say('version', '10:02', 'two'),
      say('version', '10:01', 'one'),
      say('status', '10:01', 'open'),
      say('set_ssid', '10:01', 'Cellar & "co"'),
      say('rssi', '10:03', '31'),
      say('offline', '10:04', '', '6666666'),
      say('set_pwd', '10:05', 'secret'),
    ])
    await store.write([say('status', '10:00', 'close'), say('uptime', '10:02', '4711'), say('rssi', '10:02', '-61')])
    await store.write([say('offline', '10:06', ''), say('uptime', '10:02', 'a while'), say('status', '10:02', '')])
    const rows = await store.rows('SELECT * FROM devices')
    deepEqual(rows, [
      {
        serial: SERIAL,
        last_seen: '2026-11-26T10:05:00Z',
        last_sample: null,
        offline_at: '2026-11-26T10:06:00Z',
        version: 'two',
        version_at: '2026-11-26T10:02:00Z',
        valve: 'open',
        valve_at: '2026-11-26T10:01:00Z',
        ssid: 'Cellar & "co"',
        ssid_at: '2026-11-26T10:01:00Z',
        rssi_dbm: '-61',
        rssi_dbm_at: '2026-11-26T10:02:00Z',
        uptime_s: '4711',
        uptime_s_at: '2026-11-26T10:02:00Z',
        open_until: null,
        open_until_at: null,
        sample: null,
      },
    ])
  })

  it('deletes old samples but not what is rolled up of them, and counts none twice', async () => {
    const store = await databases.open()
    const day = (days: number, hour: string) =>
      new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 11) + hour
    const at = (time: string) => arrival(SERIAL, 'sample', time, 'e1=5 kWh&')
    const [old, kept] = [at(day(4, '12:00:00Z')), at(day(2, '12:00:00Z'))]
    await store.write([old, kept])
    const before = await store.rows('SELECT * FROM hourly ORDER BY start')
    equal(await store.prune(3 * 86_400_000), 1)
    equal(await store.prune(30 * 86_400_000), 0)
    await store.write([old, kept])
    equal(store.refused, 1)
    equal((await store.rows('SELECT time FROM samples')).length, 1)
    deepEqual(await store.rows('SELECT * FROM hourly ORDER BY start'), before)
  })

  it('opens once for many at once, and writes what two of them hand over together once', async () => {
    const url = await databases.fresh()
    const stores = await Promise.all([0, 1, 2, 3].map(() => databases.open(url)))
    const all = [...Array(200).keys()].map((minute) => sample(minute, '', String(7_000_001 + (minute % 20))))
    await Promise.all(stores.flatMap((store, i) => [store.write(all.slice(i * 20)), store.write([...all].reverse())]))
    deepEqual(await stores[0]!.rows('SELECT count(*) AS n, (SELECT sum(samples) FROM days) AS days FROM samples'), [
      { n: '200', days: '200' },
    ])
  })

  it('has everything still after it was closed, and refuses a database of a newer version', async () => {
    const url = await databases.fresh()
    const first = await databases.open(url)
    await first.write([sample(0)])
    const again = await databases.open(url)
    equal((await again.rows('SELECT * FROM samples')).length, 1)
    await again.rows('INSERT INTO schema_version (version) VALUES (999)')
    await rejects(databases.open(url), (error) => error instanceof DatabaseRefused && /newer/.test(error.message))
  })

  it('takes values beside a query, in any order', async () => {
    const store = await databases.open()
    await store.write([sample(0), sample(1)])
    const sql = 'SELECT serial FROM samples WHERE time = $2 AND serial = $1 AND time <= $2'
    deepEqual(await store.rows(sql, [SERIAL, '2026-11-26T10:01:00Z']), [{ serial: SERIAL }])
    await rejects(store.rows('SELECT nothing FROM samples'), /nothing/)
    ok(await store.rows('SELECT 1 AS one'))
  })
})
