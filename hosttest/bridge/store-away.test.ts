import { deepEqual, doesNotMatch, equal, ok, rejects } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GroupConnection } from '../../bridge/store/group.js'
import { explained } from '../../bridge/store/postgres.js'
import { DatabaseAway, DatabaseRefused, openStore } from '../../bridge/store/store.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { Heard, SimpleDevice } from '../support/bridge.js'
import { Children } from '../support/children.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { until } from '../support/until.js'
import { arrival, databasesOf } from './databases.js'

const STORE = fileURLToPath(new URL('../../bridge/store/store.ts', import.meta.url))

/** Writes a sample a transaction, for ever, and says the number of each when it is in the database. */
const WRITER = `
const { openStore } = await import(${JSON.stringify(STORE)})
const store = await openStore(process.argv[1])
for (let i = 0; ; i++) {
  const time = 1790000000 + i
  await store.write([{ serial: '7000001', kind: 'sample', time, text: 'e1=' + i + ' kWh&', receivedAt: time * 1000 }])
  console.log(i)
}`

const samples = [0, 1, 2].map((minute) =>
  arrival('7000001', 'sample', `2026-11-26T10:0${minute}:00Z`, `e1=${minute} kWh&`),
)

describe('PostgreSQL that goes away, or is set otherwise', () => {
  const databases = databasesOf('PostgreSQL')

  it('is an error that says so, until it is back; then the same arrivals go in once', async () => {
    const url = await databases.fresh()
    const store = await databases.open(url)
    await store.write(samples.slice(0, 2))
    await databases.postgres!.kill()
    await rejects(store.write(samples), DatabaseAway)
    await rejects(openStore(url), DatabaseAway)
    await databases.postgres!.start()
    await store.write(samples)
    deepEqual(await store.rows('SELECT count(*) AS n, (SELECT samples FROM days) AS days FROM samples'), [
      { n: '3', days: '3' },
    ])
  })

  it('tells instants alike where it is set to the dates and the zone of a country', async () => {
    const url = await databases.fresh()
    const name = /@\/([a-z0-9]+)/.exec(url)![1]
    const first = await databases.open(url)
    for (const setting of ["datestyle TO 'SQL, DMY'", "timezone TO 'Asia/Kolkata'"])
      await first.rows(`ALTER DATABASE "${name}" SET ${setting}`)
    const store = await databases.open(url)
    await store.write([arrival('7000001', 'sample', '2026-11-05T10:00:00Z', 'e1=1 kWh&')])
    deepEqual(await store.rows('SELECT time FROM samples'), [{ time: '2026-11-05T10:00:00Z' }])
    const group = await GroupConnection.open(url, 'a')
    try {
      const { rows } = await group.changes(undefined)
      equal(rows[0]!.last_sample, '2026-11-05T10:00:00Z')
    } finally {
      await group.close()
    }
  })

  it('that has no such database or takes no such user, is refused, and no error shows the password', async () => {
    const url = await databases.fresh()
    const wrong = url.replace('postgres@', 'nobody:secret@')
    const isRefused = (error: unknown) => {
      doesNotMatch(String(error), /secret/)
      return error instanceof DatabaseRefused
    }
    await rejects(openStore(wrong), isRefused)
    await rejects(openStore(url.replace(/\/test[0-9]+/, '/nothing')), isRefused)
    await rejects(openStore('postgres://user:secret@host:port/x'), isRefused)
    await rejects(openStore('mysql://user:secret@host/x'), isRefused)
  })
})

it('a pipe that breaks on the way to PostgreSQL is one that is away, and a statement that fails is not', () => {
  const withCode = (code: string) => explained(Object.assign(new Error('no'), { code }))
  ok(withCode('EPIPE') instanceof DatabaseAway)
  ok(withCode('ECONNRESET') instanceof DatabaseAway)
  ok(withCode('57P03') instanceof DatabaseAway)
  ok(!(withCode('42601') instanceof DatabaseAway))
})

describe('bridge, while PostgreSQL is away at the start', () => {
  const { start, meterlogger } = commandLine()
  const databases = databasesOf('PostgreSQL')

  it('waits for it: what devices say stays with the broker, and then goes in once', async () => {
    const url = await databases.fresh()
    await databases.postgres!.kill()
    const broker = await EmbeddedBroker.listen(0)
    const heard = await Heard.of(broker.url, '#')
    try {
      const child = start('bridge', '--broker', broker.url, '--key', KEY, '--database', url)
      const log = new Lines(child.stderr)
      await log.find(/^--database: PostgreSQL: .*; trying again$/)
      await log.find(/^bridging /)
      const device = new SimpleDevice(heard.client, '1234567', KEY)
      for (let i = 0; i < 3; i++) await device.say('sample', `e1=${i}.50 kWh&`, 1_790_000_000 + i)
      await log.find(/^PostgreSQL: .*; trying again$/)
      await databases.postgres!.start()
      await heard.holds('meterlogger/1234567/state', '{"time":1790000002,"e1":2.50}')
      // Nothing says which of the two has it first, nor that all come together.
      const store = await databases.open(url)
      const rows = () => store.rows('SELECT energy_wh FROM samples ORDER BY time')
      await until(async () => (await rows()).length === 3, 'the samples in the database')
      deepEqual(await rows(), [{ energy_wh: '500' }, { energy_wh: '1500' }, { energy_wh: '2500' }])
    } finally {
      await heard.close()
      await broker.close()
    }
  })

  it('ends in order while the database does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const database = `postgres://nobody@127.0.0.1:${port}/nothing`
    const child = start('bridge', '--broker', 'mqtt://127.0.0.1:1', '--key', KEY, '--database', database)
    const [socket] = await once(silent, 'connection')
    child.kill('SIGTERM')
    deepEqual(await once(child, 'close'), [0, null])
    socket.destroy()
    silent.close()
  })

  it('ends with 2 where the database refuses', async () => {
    const wrong = (await databases.fresh()).replace('postgres@', 'nobody@')
    const { code, err } = await meterlogger([
      'bridge',
      '--broker',
      'mqtt://127.0.0.1:1',
      '--key',
      KEY,
      '--database',
      wrong,
    ])
    deepEqual([code, /--database: PostgreSQL: /.test(err)], [2, true])
  })
})

describe('the embedded database', () => {
  const children = new Children()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-embedded-'))

  after(() => rmSync(folder, { recursive: true }))

  it('has what it was given, also when the process is killed', async () => {
    const url = `file:${join(folder, 'killed')}`
    for (let round = 0; round < 3; round++) {
      const child = children.node(['--import', 'tsx', '--input-type=module', '-e', WRITER, url], process.env)
      const lines = new Lines(child.stdout)
      await lines.findAll(/^[0-9]+$/, 20 + 7 * round)
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
      const store = await openStore(url)
      const [row] = await store.rows(
        'SELECT count(*) AS n, min(energy_wh) AS first, max(energy_wh) AS last, (SELECT sum(samples) FROM hours) AS hours FROM samples',
      )
      await store.close()
      const written = Number(row!.n)
      equal(written >= lines.all.length, true)
      deepEqual(row, { n: row!.n, first: '0', last: String((written - 1) * 1000), hours: row!.n })
    }
  })

  it('is backed up while it is open, into one file that has everything', async () => {
    const store = await openStore(`file:${join(folder, 'used')}`)
    await store.write(samples)
    const copy = mkdtempSync(join(folder, 'copy-'))
    await store.rows(`VACUUM INTO '${join(copy, 'meterlogger.db')}'`)
    await store.close()
    const restored = await openStore(`file:${copy}`)
    await restored.write(samples)
    deepEqual(await restored.rows('SELECT samples FROM days'), [{ samples: '3' }])
    await restored.close()
  })

  it('is for nobody else on this computer, also in a folder that others may look into', async function () {
    if (process.platform === 'win32') this.skip()
    const open = join(folder, 'open')
    mkdirSync(open, { mode: 0o755 })
    const store = await openStore(`file:${open}`)
    await store.write(samples)
    const files = readdirSync(open)
    equal(files.length >= 2, true)
    for (const name of files) equal(statSync(join(open, name)).mode & 0o077, 0, name)
    await store.close()
  })

  it('is refused where the file is something else, and away where the folder cannot be made', async () => {
    const other = mkdtempSync(join(folder, 'other-'))
    writeFileSync(join(other, 'meterlogger.db'), 'something else '.repeat(100))
    await rejects(openStore(`file:${other}`), DatabaseRefused)
    await rejects(openStore(`file:${join(other, 'meterlogger.db', 'below')}`), DatabaseAway)
    await rejects(openStore('file:'), DatabaseRefused)
  })
})
