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
    '89bb391e0a6474b768d70efb6bf36a0a6ec39d0930d71b2ae86e7b08be24e548',
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
})
