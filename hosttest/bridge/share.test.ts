import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { GRACE, Share } from '../../bridge/share.js'
import type { Store } from '../../bridge/store/store.js'
import { brokerAccess } from '../../tools/broker-options.js'
import { BrokerSession } from '../../tools/broker-session.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { RealClock } from '../../twin/clock.js'
import { Heard, SimpleDevice } from '../support/bridge.js'
import { COMMAND, commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { Mosquitto, missingMosquitto, OPEN } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'
import { until } from '../support/until.js'
import { databasesOf } from './databases.js'

const now = () => Math.floor(Date.now() / 1000)

describe('bridges that share', () => {
  const { children, start, meterlogger } = commandLine()
  const databases = databasesOf('PostgreSQL')
  let mosquitto: Mosquitto
  let heard: Heard
  let url: string
  let reader: Promise<Store> | undefined

  before(function () {
    needs(this, missingMosquitto())
  })

  beforeEach(async () => {
    reader = undefined
    mosquitto = await Mosquitto.start(children, undefined, [...OPEN, 'max_queued_messages 0'])
    heard = await Heard.of(mosquitto.url, '#')
    url = await databases.fresh()
  })

  afterEach(async () => {
    await heard?.close()
    mosquitto?.remove()
  })

  async function bridging(...options: string[]) {
    const args = ['--broker', mosquitto.url, '--key', KEY, '--database', url, '--share', 'a', ...options]
    const child = start('bridge', ...args)
    const log = new Lines(child.stderr)
    await log.find(/^bridging /)
    return { child, log }
  }

  const devices = (count: number) =>
    Array.from({ length: count }, (_, i) => new SimpleDevice(heard.client, String(7_000_001 + i), KEY))

  /** PostgreSQL takes a hundred connections, so there is one for all questions of a test. */
  async function rows(sql: string) {
    reader ??= databases.open(url)
    return (await reader).rows(sql)
  }

  async function opened(log: Lines): Promise<number> {
    const text = await (await fetch((await log.find(/^metrics /)).slice('metrics '.length))).text()
    return Number(/result="opened"\} ([0-9]+)/.exec(text)![1])
  }

  it('divide the work; what is newest is handed on, whoever got it', async () => {
    const all = await Promise.all([bridging('--prometheus', '0'), bridging('--prometheus', '0')])
    const time = now() - 600
    const some = devices(5)
    for (let minute = 9; minute >= 0; minute--)
      await Promise.all(
        some.map((device, i) => device.say('sample', `e1=${minute}.50 kWh&t1=6${i}.10 C&`, time + 60 * minute)),
      )
    for (const [i, { serial }] of some.entries())
      await heard.holds(`meterlogger/${serial}/state`, `{"time":${time + 540},"e1":9.50,"t1":6${i}.10}`)
    await until(async () => (await rows('SELECT time FROM samples')).length === 50, 'all samples')
    const counts = await Promise.all(all.map(({ log }) => opened(log)))
    // The one who hands on has all of them a second time, for a while.
    ok(counts[0]! + counts[1]! >= 50, counts.join())
    ok(Math.min(...counts) > 0, counts.join())
    deepEqual(
      await rows('SELECT serial, sum(samples) AS n FROM hours GROUP BY serial ORDER BY serial'),
      some.map(({ serial }) => ({ serial, n: '10' })),
    )
  })

  it('a process that is killed has its session again, with what waits there, and another one hands on meanwhile', async () => {
    const first = await bridging()
    await heard.holds('meterlogger/bridge/availability', 'online')
    const second = await bridging()
    const device = devices(1)[0]!
    const time = now() - 100
    await device.say('sample', 'e1=0.00 kWh&', time)
    first.child.kill('SIGKILL')
    const killed = performance.now()
    await once(first.child, 'close')
    for (let i = 1; i < 40; i++) await device.say('sample', `e1=${i}.00 kWh&`, time + i)
    // Half of them wait for the first.
    await until(async () => (await rows('SELECT time FROM samples')).length >= 20, 'the samples of the second')
    await until(() => heard.count('meterlogger/7000001/state') > 0, 'somebody who hands on')
    await bridging()
    const back = performance.now()
    await until(async () => (await rows('SELECT time FROM samples')).length === 40, 'all samples')
    await heard.holds('meterlogger/7000001/state', `{"time":${time + 39},"e1":39.00}`)
    await heard.holds('meterlogger/bridge/availability', 'online')
    // After that the second may look after the seat itself, and the third take another one meanwhile.
    if (back - killed < GRACE)
      deepEqual(await rows('SELECT seat FROM seats ORDER BY seat'), [{ seat: '1' }, { seat: '2' }])
    ok(!second.log.all.join().includes('another client'))
  })

  it('goes on over a database that is killed, and over a broker that is stopped', async () => {
    const all = [await bridging(), await bridging()]
    const [device, other] = devices(2) as [SimpleDevice, SimpleDevice]
    const time = now() - 100
    await device.say('sample', 'e1=1.00 kWh&', time)
    await heard.holds('meterlogger/7000001/state')
    await databases.postgres!.kill()
    await Promise.all(all.map(({ log }) => log.find(/^--share: PostgreSQL: .*; trying again$/)))
    for (let i = 1; i < 20; i++) await device.say('sample', `e1=${i}.00 kWh&`, time + i)
    await mosquitto.stop()
    await databases.postgres!.start()
    await mosquitto.start()
    await until(() => heard.client.connected, 'the device')
    await other.say('sample', 'e1=2.00 kWh&')
    await heard.holds('meterlogger/7000001/state', `{"time":${time + 19},"e1":19.00}`)
    await heard.holds('meterlogger/7000002/availability', 'online')
    await until(async () => (await rows('SELECT time FROM samples')).length >= 21, 'all samples')
    equal((await rows('SELECT time FROM samples')).length, 21)
    await heard.holds('meterlogger/bridge/availability', 'online')
  })

  it('nonsense, a device that goes back in time, and a last will are the same for all', async () => {
    await Promise.all([bridging(), bridging()])
    const device = devices(1)[0]!
    const time = now() - 3600
    for (let i = 0; i < 20; i++) {
      await heard.client.publishAsync(`/sample/v2/7000001/${time + i}`, 'nonsense', { qos: 2 })
      await heard.client.publishAsync('/Sam ple/v2/x/1', Buffer.alloc(300, 0xff), { qos: 1 })
      await heard.client.publishAsync('/sample/v2/7000001/1', Buffer.alloc(70_000), { qos: 1 })
      await heard.client.publishAsync(`$share/a/sample/v2/7000001/${i}`, 'x', { qos: 0 })
      await heard.client.publishAsync(`/offline/v1/stranger${i}`, '', { qos: 1 })
    }
    await device.say('sample', 'e1=9.00 kWh&', time + 3600)
    await heard.holds('meterlogger/7000001/availability', 'online')
    // Its clock is set back by an hour.
    for (let i = 0; i < 6; i++) await device.say('sample', `e1=1${i}.00 kWh&`, time + i)
    await device.isGone()
    await heard.holds('meterlogger/7000001/availability', 'offline')
    await until(async () => (await rows('SELECT time FROM samples')).length === 7, 'all samples')
    equal(heard.last('meterlogger/7000001/state'), `{"time":${time + 3600},"e1":9.00}`)
    ok(!heard.all.some(({ topic }) => topic.includes('stranger') && topic.startsWith('meterlogger/')))
  })

  it('go by the clock of the database, whatever their own ones say', async () => {
    const DAYS_3 = 3 * 86_400_000
    const logs = [-DAYS_3, DAYS_3].map((ms) => {
      const clock = `data:text/javascript,const now = Date.now; Date.now = () => now() + ${ms}`
      const args = [
        'bridge',
        '--broker',
        mosquitto.url,
        '--key',
        KEY,
        '--database',
        url,
        '--share',
        'a',
        '--prometheus',
        '0',
      ]
      const env = { ...process.env, NODE_OPTIONS: `--import "${clock}"` }
      return new Lines(children.node([COMMAND, ...args], env).stderr)
    })
    await Promise.all(logs.map((log) => log.find(/^bridging /)))
    const device = devices(1)[0]!
    const began = now()
    for (let i = 0; i < 40; i++) await device.say('sample', `e1=${i}.00 kWh&`, began - 40 + i)
    await until(async () => (await rows('SELECT time FROM samples')).length === 40, 'all samples')
    for (const log of logs) ok((await opened(log)) > 0)
    const [row] = await rows('SELECT min(received_at) AS first, max(received_at) AS last FROM samples')
    ok(Date.parse(row!.first!) / 1000 >= began - 5, row!.first!)
    ok(Date.parse(row!.last!) / 1000 <= now() + 5, row!.last!)
    await heard.holds('meterlogger/7000001/availability', 'online')
    await heard.holds('meterlogger/7000001/state', `{"time":${began - 1},"e1":39.00}`)
  })

  it('is refused without PostgreSQL, and where the broker has no shared subscriptions', async () => {
    const refused = async (...options: string[]) => meterlogger(['bridge', '--key', KEY, '--share', ...options])
    for (const database of [[], ['--database', 'file:/nowhere']]) {
      const { code, err } = await refused('a', '--broker', mosquitto.url, ...database)
      equal(code, 2)
      match(err, /--share: bridges that divide the work need --database postgres/)
    }
    const { code, err } = await refused('a/b', '--broker', mosquitto.url, '--database', url)
    equal(code, 2)
    match(err, /--share: expected a name/)
    const old = await EmbeddedBroker.listen(0)
    const answer = await refused('a', '--broker', old.url, '--database', url)
    await old.close()
    equal(answer.code, 1)
    match(answer.err, /the broker/)
  })
})

describe('a session whose process is gone', () => {
  const { children } = commandLine()
  const databases = databasesOf('PostgreSQL')
  let mosquitto: Mosquitto

  before(function () {
    needs(this, missingMosquitto())
  })

  it('is drained by another process, ended at the broker, and its seat is removed', async () => {
    mosquitto = await Mosquitto.start(children, undefined, [...OPEN, 'max_queued_messages 0'])
    const device = await Heard.of(mosquitto.url, 'none')
    const url = await databases.fresh()
    await databases.open(url)
    const taken: string[] = []
    const sessionOf = (seat: number) =>
      new BrokerSession(
        {
          broker: brokerAccess({ broker: mosquitto.url }),
          clientId: `x-${seat}`,
          filters: ['/test/+'],
          qos: 1,
          clock: new RealClock(),
          share: 'a',
        },
        {
          say: () => {},
          onMessage({ topic, acknowledge }) {
            taken.push(topic)
            acknowledge()
          },
        },
      )
    const sessions: BrokerSession[] = []
    const started: Promise<void>[] = []
    const member = () =>
      new Share(
        { url, group: 'a', grace: 0 },
        {
          say: () => {},
          onSeat(seat) {
            sessions.push(sessionOf(seat))
            started.push(sessions.at(-1)!.start())
          },
          fetch: (seat, signal) => sessionOf(seat).drain(signal),
          lead: () => ({ take: async () => {}, close: async () => {} }),
        },
      )
    const [first, second] = [member(), member()]
    try {
      await first.start()
      await second.start()
      await Promise.all(started)
      sessions[1]!.close()
      for (let i = 0; i < 40; i++) await device.client.publishAsync(`/test/${i}`, 'x', { qos: 1 })
      equal(taken.length < 40, true)
      await second.close()
      await until(() => new Set(taken).size === 40, 'what waited for the second')
      const store = await databases.open(url)
      await until(async () => (await store.rows('SELECT seat FROM seats')).length === 1, 'the seat to go')
      for (let i = 40; i < 60; i++) await device.client.publishAsync(`/test/${i}`, 'x', { qos: 1 })
      await until(() => new Set(taken).size === 60, 'all that comes later')
    } finally {
      await first.close()
      for (const session of sessions) session.close()
      await device.close()
      mosquitto.remove()
    }
  })
})
