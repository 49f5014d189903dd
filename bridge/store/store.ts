import type { Database } from './database.js'
import { DatabaseStore } from './database-store.js'
import { EmbeddedDatabase } from './embedded.js'
import { DatabaseAway, DatabaseRefused } from './errors.js'
import { migrate } from './migrations.js'
import { PostgresDatabase } from './postgres.js'
import { folderOf, isPostgres } from './url.js'

/** A message of a device, opened. */
export interface Arrival {
  /** As it stands in the topic. */
  readonly serial: string
  /** First level of the topic: `sample`, `version`, `status` and so on; `offline` is the last will. */
  readonly kind: string
  /** Unix seconds, of the topic; of now for the last will, which has none. */
  readonly time: number
  readonly text: string
  /** Unix milliseconds. */
  readonly receivedAt: number
}

/** A row of a query. Every value is the exact text of what the database holds; an instant is `2026-11-27T13:10:00Z`. */
export interface Row {
  readonly [column: string]: string | null
}

export interface Store {
  /** Messages so far whose time cannot be: before 2026, more than a day ahead, or before what is kept. */
  readonly refused: number
  /**
   * Resolves when all of it is in the database, however often it came before. All of it is one transaction. Throws
   * `DatabaseAway` when the database cannot be reached or cannot write now: the same arrivals may be given again.
   */
  write(arrivals: readonly Arrival[]): Promise<void>
  /**
   * Deletes samples older than so many milliseconds, but never the newest of a device, few at a time. What is rolled up stays, and
   * older samples are refused from then on. Resolves with how many went.
   */
  prune(keepMs: number): Promise<number>
  /** Runs one query. It may hold `$1`, `$2`... for the values. */
  rows(sql: string, values?: readonly string[]): Promise<readonly Row[]>
  close(): Promise<void>
}

export { DatabaseAway, DatabaseRefused }

/**
 * Opens a database, makes its tables where they are missing, and brings older ones up to date. Several processes may do that at
 * once. Throws `DatabaseAway` or `DatabaseRefused`.
 * @param url `file:FOLDER` or `postgres://...`
 */
export async function openStore(url: string): Promise<Store> {
  const database = databaseAt(url)
  try {
    await migrate(database)
  } catch (error) {
    await database.close()
    throw error
  }
  return new DatabaseStore(database)
}

function databaseAt(url: string): Database {
  if (isPostgres(url)) return PostgresDatabase.open(url)
  const folder = folderOf(url)
  if (folder === undefined) throw new DatabaseRefused('expected file:FOLDER or postgres://user@host/database')
  return EmbeddedDatabase.open(folder)
}
