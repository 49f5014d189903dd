import { deepEqual, equal, rejects } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Database } from '../../bridge/store/database.js'
import { POSTGRES, SQLITE } from '../../bridge/store/dialect.js'
import { EmbeddedDatabase } from '../../bridge/store/embedded.js'
import { MIGRATIONS, type Migration, migrate } from '../../bridge/store/migrations.js'
import { PostgresDatabase } from '../../bridge/store/postgres.js'
import { folderOf } from '../../bridge/store/url.js'
import { inBothDatabases } from './databases.js'

/** Of the statements of each migration that somebody may have run. */
const RELEASED = [
  [
    '5048e638448e842a91ac13343ef3852b5c9e6082527a4fe86927e78ca6d2d5cb',
    '354a4dd1c8fc9028e01d2dfd54850742e879c16c7cd12cac468485697c18722b',
  ],
  [
    'c013fb955ea2ccda7fbbcfabd4f80b2fc1de696ef3097fa7f930c4008d0748dc',
    '91573bb4d08d10868348c0787881df144ae891a3b8b9a471537c5b6a11d974d4',
  ],
  [
    'bc30a0d383a6e70fc05b1294eaa43fe5376797fa1aff1e49cffbf828ed087768',
    '57cbf6084743137489cfb12748c298b8ec8de113e131d371c8e52caf95c25a43',
  ],
]

describe('the migrations', () => {
  it('are what they were when they were released', () => {
    const hash = (migration: Migration, dialect: typeof SQLITE) =>
      createHash('sha256').update(migration(dialect).join(';\n')).digest('hex')
    deepEqual(
      MIGRATIONS.map((migration) => [hash(migration, SQLITE), hash(migration, POSTGRES)]),
      RELEASED,
    )
  })
})

inBothDatabases('a migration', (databases) => {
  const first: Migration = ({ text }) => [`CREATE TABLE one (name ${text})`, "INSERT INTO one VALUES ('a')"]
  const second: Migration = ({ text }) => [`ALTER TABLE one ADD COLUMN more ${text}`, "UPDATE one SET more = 'b'"]
  const broken: Migration = () => ["INSERT INTO one VALUES ('lost', 'lost')", 'INSERT INTO nowhere VALUES (1)']

  async function using(work: (open: () => Database) => Promise<void>): Promise<void> {
    const url = await databases.fresh()
    const folder = folderOf(url)
    const opened: Database[] = []
    try {
      await work(() => {
        opened.push(folder === undefined ? PostgresDatabase.open(url) : EmbeddedDatabase.open(folder))
        return opened.at(-1)!
      })
    } finally {
      await Promise.all(opened.map((database) => database.close()))
    }
  }

  it('goes on from where the last version was, and does nothing twice', () =>
    using(async (open) => {
      const database = open()
      await migrate(database, [first])
      await migrate(database, [first, second])
      await migrate(database, [first, second])
      deepEqual(await database.rows('SELECT * FROM one'), [{ name: 'a', more: 'b' }])
      equal((await database.rows('SELECT * FROM schema_version')).length, 2)
    }))

  it('leaves everything as it was when it fails', () =>
    using(async (open) => {
      const database = open()
      await migrate(database, [first])
      await rejects(migrate(database, [first, second, broken]), /nowhere/)
      deepEqual(await database.rows('SELECT * FROM one'), [{ name: 'a' }])
      await migrate(database, [first, second])
      deepEqual(await database.rows('SELECT * FROM one'), [{ name: 'a', more: 'b' }])
    }))

  it('is done once by several at a time', () =>
    using(async (open) => {
      const all = [open(), open(), open()]
      await Promise.all(all.map((database) => migrate(database, [first, second])))
      deepEqual(await all[0]!.rows('SELECT * FROM one'), [{ name: 'a', more: 'b' }])
    }))

  it('of the views leaves what somebody has made of them', () =>
    using(async (open) => {
      const database = open()
      await migrate(database, MIGRATIONS.slice(0, 2))
      await database.rows('CREATE VIEW own AS SELECT serial, sum(energy_wh_used) AS used FROM daily GROUP BY serial')
      await migrate(database)
      const days = 'INSERT INTO days (serial, start, samples, first_time, last_time, energy_wh_min, energy_wh_max'
      const zeros = [
        't1_millicelsius',
        't2_millicelsius',
        't3_millicelsius',
        'tdif_millikelvin',
        'flow_ml_per_h',
        'power_w',
      ]
      const columns = zeros.flatMap((column) => [`${column}_sum`, `${column}_n`])
      for (const [day, least, most] of [
        [1, 5, 7],
        [3, 9, 12],
      ] as const) {
        const at = `'2026-11-0${day}T00:00:00Z'`
        await database.rows(
          `${days}, ${columns}) VALUES ('1', ${at}, 1, ${at}, ${at}, ${least}, ${most}, ${columns.map(() => 0)})`,
        )
      }
      deepEqual(await database.rows('SELECT * FROM own'), [{ serial: '1', used: '7' }])
    }))
})
