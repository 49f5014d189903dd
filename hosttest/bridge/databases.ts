import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Arrival, openStore, type Store } from '../../bridge/store/store.js'
import { needs } from '../support/needs.js'
import { missingPostgres, Postgres } from '../support/postgres.js'

/** Gives tests empty databases of a kind. */
export interface Databases {
  /** The URL of a new one. */
  fresh(): Promise<string>
  /** Opens one, a new one by default. It is closed after the test. */
  open(url?: string): Promise<Store>
  /** The cluster, where it is PostgreSQL. */
  readonly postgres: Postgres | undefined
}

/** Declares the suite twice: for the embedded database, and for PostgreSQL where that is installed. */
export function inBothDatabases(title: string, suite: (databases: Databases) => void): void {
  for (const kind of ['embedded', 'PostgreSQL'] as const)
    describe(`${title}, ${kind}`, () => {
      suite(databasesOf(kind))
    })
}

/** To be called within `describe`. */
export function databasesOf(kind: 'embedded' | 'PostgreSQL'): Databases {
  let postgres: Postgres | undefined
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-database-'))
  const stores: Store[] = []
  let made = 0

  before(async function () {
    if (kind === 'embedded') return
    needs(this, missingPostgres())
    postgres = await Postgres.start()
  })

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()))
  })

  after(async () => {
    await postgres?.remove()
    rmSync(folder, { recursive: true })
  })

  const fresh = async () => (kind === 'embedded' ? `file:${join(folder, String(made++))}` : postgres!.database())
  return {
    fresh,
    open: async (url) => {
      const store = await openStore(url ?? (await fresh()))
      stores.push(store)
      return store
    },
    get postgres() {
      return postgres
    },
  }
}

/** A message. @param time as in ISO 8601 @param receivedAt the same; a second later by default */
export function arrival(serial: string, kind: string, time: string, text: string, receivedAt?: string): Arrival {
  const seconds = Date.parse(time) / 1000
  return { serial, kind, time: seconds, text, receivedAt: receivedAt ? Date.parse(receivedAt) : seconds * 1000 + 1000 }
}
