import type { Database, Run } from './database.js'
import type { Dialect } from './dialect.js'
import { DatabaseRefused } from './errors.js'
import { quickViews, shared, tables } from './tables.js'

/** The statements that make a schema out of the one before. */
export type Migration = (dialect: Dialect) => readonly string[]

/** The first has number 1. One that has been released stays as it is; a test holds it to that. */
export const MIGRATIONS: readonly Migration[] = [tables, shared, quickViews]

/**
 * Brings the schema up to date in one transaction. Another process that does the same waits, and then finds it done. Throws
 * `DatabaseRefused` where a newer version has been here.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await database.transaction(async (run) => {
    await database.lockSchema(run)
    const { integer } = database.dialect
    await run(`CREATE TABLE IF NOT EXISTS schema_version (version ${integer} NOT NULL PRIMARY KEY)`)
    const version = await schemaVersion(run)
    if (version > migrations.length)
      throw new DatabaseRefused(
        `the database has schema ${version}, and this version of meterlogger knows ${migrations.length}: a newer one has been here`,
      )
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue
      for (const statement of migration(database.dialect)) await run(statement)
      await run('INSERT INTO schema_version (version) VALUES ($1)', [String(index + 1)])
    }
  })
}

async function schemaVersion(run: Run): Promise<number> {
  const [row] = await run('SELECT coalesce(max(version), 0) AS version FROM schema_version')
  return Number(row!.version)
}
