import { deepEqual, notDeepEqual, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DEVICE_COLUMNS, SAMPLE_COLUMNS } from '../../bridge/store/columns.js'
import type { Arrival, Store } from '../../bridge/store/store.js'
import { arrival, databasesOf } from './databases.js'

const DOCUMENT = readFileSync(fileURLToPath(new URL('../../docs/database.md', import.meta.url)), 'utf8')
const QUERIES = [...DOCUMENT.matchAll(/^([^\n]+):\n\n```sql\n([^`]+)```/gm)].map(
  (found) => [found[1]!, found[2]!] as const,
)

/** Tables and views, and how many columns order their rows. */
const TABLES = {
  readings: 2,
  hourly: 2,
  daily: 2,
  samples: 2,
  hours: 2,
  days: 2,
  devices: 1,
  retention: 1,
  schema_version: 1,
}

/** Two days of a heat meter in kWh, one in GJ and a water meter, with gaps, long numbers, and a night that came late. */
function messages(): readonly Arrival[] {
  const all: Arrival[] = []
  for (let minute = 0; minute < 2 * 1440; minute += minute % 1440 < 300 ? 1 : 7) {
    const time = new Date(Date.parse('2026-11-25T00:00:00Z') + minute * 60_000).toISOString()
    const late = minute % 1440 < 200 ? `${time.slice(0, 10)}T06:30:00Z` : undefined
    const heat = `heap=20000&t1=68.${10 + (minute % 90)} C&t2=-0.0${minute % 10} C&tdif=25.${100 + (minute % 7)} K&flow1=${minute} l/h&effect1=0.${minute % 10} kW&hr=${59127 + Math.floor(minute / 60)} h&v1=${1436 + minute}.123456 m3&`
    all.push(
      arrival(
        '7000001',
        'sample',
        time,
        `${heat}e1=999999${100 + Math.floor(minute / 20)}.${minute % 10}25 kWh&`,
        late,
      ),
    )
    all.push(arrival('7000002', 'sample', time, `${heat}e1=${1234 + minute}.000007 Gj&program=000123456789&`, late))
    if (minute % 2 === 0)
      all.push(arrival('75000003', 'sample', time, `t1=4 C&flow1=0.5 l/h&v1=${minute}.001 m3&e1=3 therm&`))
  }
  all.push(arrival('7000001', 'version', '2026-11-26T10:00:00Z', 'moddable+8.2.3-0.1.0-lwip-KMP-THERMO_NC'))
  all.push(arrival('7000001', 'status', '2026-11-26T10:00:01Z', 'open'))
  all.push(arrival('7000002', 'rssi', '2026-11-26T10:00:01Z', '-61'))
  return all
}

describe('every query of docs/database.md', () => {
  const embedded = databasesOf('embedded')
  const postgres = databasesOf('PostgreSQL')
  let both: readonly [Store, Store]

  beforeEach(async () => {
    both = [await embedded.open(), await postgres.open()]
    const all = messages()
    for (const store of both) for (let i = 0; i < all.length; i += 500) await store.write(all.slice(i, i + 500))
  })

  it('answers the same in both databases, to the last digit', async () => {
    ok(QUERIES.length >= 10)
    for (const [title, sql] of QUERIES) {
      const [one, other] = await Promise.all(both.map((store) => store.rows(sql)))
      deepEqual(other, one, title)
      notDeepEqual(one, [], title)
    }
  })

  it('reads tables and views that have the same rows in both', async () => {
    for (const [name, keys] of Object.entries(TABLES)) {
      const sql = `SELECT * FROM ${name} ORDER BY ${keys === 2 ? '1, 2' : '1'}`
      const [one, other] = await Promise.all(both.map((store) => store.rows(sql)))
      deepEqual(other, one, name)
      for (const column of Object.keys(one![0]!)) {
        const known = DOCUMENT.includes(column) || DOCUMENT.includes(column.replace(/_(used|min|max|mean|sum|n)$/, ''))
        ok(known, `${name}.${column} is not documented`)
      }
    }
  })

  it('is beside a table of all columns', () => {
    for (const { name } of [...SAMPLE_COLUMNS, ...DEVICE_COLUMNS]) ok(DOCUMENT.includes(`\`${name}\``), name)
  })
})
