import { deepEqual, equal, ok } from 'node:assert/strict'
import type { Arrival, Store } from '../../bridge/store/store.js'
import { heatMinutes, serveStore, waterMinutes, writeAll } from '../support/web.js'
import { databasesOf } from './databases.js'

/** Two days with a gap, an hour that came late, a meter in GJ and one of water. */
function messages(): readonly Arrival[] {
  const heat = heatMinutes('7000001', '2026-11-24T00:00:00Z', 2880).filter((_, i) => i < 1560 || i >= 1600)
  return [
    ...heat.map((one, i) => (i >= 600 && i < 660 ? { ...one, receivedAt: one.receivedAt + 7_200_000 } : one)),
    ...heatMinutes('7000002', '2026-11-24T00:00:00Z', 300).map((one, i) => ({
      ...one,
      text: one.text.replace(/e1=.*/, `e1=${1234 + i}.000007 Gj&program=000123456789&e1=3 "therm", at least&`),
    })),
    ...waterMinutes('75000003', '2026-11-24T00:00:00Z', 300),
  ]
}

describe('the CSV of the pages', () => {
  const embedded = databasesOf('embedded')
  const postgres = databasesOf('PostgreSQL')
  let served: readonly Awaited<ReturnType<typeof serveStore>>[]

  beforeEach(async () => {
    served = []
    for (const url of [await embedded.fresh(), await postgres.fresh()]) {
      const one = await serveStore(url)
      served = [...served, one]
      await writeAll(one.store, messages())
    }
  })

  afterEach(async () => {
    for (const one of served) await one.close()
  })

  /** What both databases say, which is the same. */
  async function lines(path: string): Promise<readonly string[]> {
    const [one, other] = await Promise.all(served.map(({ get }) => get(path)))
    equal(one!.status, 200, one!.text)
    equal(other!.text, one!.text)
    ok(one!.text.endsWith('\r\n'))
    return one!.text.slice(0, -2).split('\r\n')
  }

  /** Rows of the first database as lines of CSV. */
  async function asked(store: Store, sql: string): Promise<readonly string[]> {
    const rows = await store.rows(sql)
    return rows.map((row) =>
      Object.values(row)
        .map((text) => text ?? '')
        .join(','),
    )
  }

  it('has every sample of a day with the digits of the database, in SQLite and in PostgreSQL', async () => {
    const [head, ...day] = await lines('/meter/7000001/day/2026-11-25.csv')
    equal(day.length, 1400)
    const columns = head!.split(',')
    deepEqual(columns.slice(0, 3), ['time', 'received_at', 'operating_h'])
    const sql = `SELECT ${columns} FROM readings WHERE serial = '7000001' AND time >= '2026-11-25T00:00:00Z' ORDER BY time`
    deepEqual(day, await asked(served[0]!.store, sql))
    ok(day[5]!.includes(',999999001120.105,'), day[5])
  })

  it('has the hours of a month as the view `hourly` has them', async () => {
    const [head, ...month] = await lines('/meter/7000001/month/2026-11.csv')
    equal(month.length, 48)
    const sql = `SELECT ${head} FROM hourly WHERE serial = '7000001' ORDER BY start`
    deepEqual(month, await asked(served[0]!.store, sql))
  })

  it('has the days of a year as the view `daily` has them where the zone is that of the roll-ups', async () => {
    const zone = process.env.TZ
    process.env.TZ = 'UTC'
    try {
      for (const serial of ['7000001', '7000002', '75000003']) {
        const [head, ...year] = await lines(`/meter/${serial}/year/2026.csv`)
        const sql = `SELECT ${head} FROM daily WHERE serial = '${serial}' ORDER BY start`
        deepEqual(year, await asked(served[0]!.store, sql))
      }
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  it('quotes text as RFC 4180 has it', async () => {
    const [head, first] = await lines('/meter/7000002/day/2026-11-24.csv')
    ok(head!.endsWith(',program,other'))
    ok(first!.endsWith(',000123456789,"e1=3 ""therm"", at least&"'), first)
  })

  it('has no meter whose number no database can hold', async () => {
    for (const { get, said } of served) {
      for (const path of ['/meter/%00', '/meter/1%00/day/2026-11-24.csv', '/?find=%00']) {
        const { status } = await get(path)
        equal(status, path.startsWith('/meter') ? 404 : 200, path)
      }
      deepEqual(said, [])
    }
  })

  it('gives the same pages of both', async () => {
    for (const path of ['/meter/7000001/day/2026-11-25', '/meter/75000003/month/2026-11', '/meter/7000002/year/2026']) {
      const [one, other] = await Promise.all(served.map(({ get }) => get(path)))
      equal(other!.text, one!.text)
    }
  })
})
