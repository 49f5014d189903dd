import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type Libsql from 'libsql'
import type { Database, Run } from './database.js'
import { SQLITE } from './dialect.js'
import { DatabaseAway, DatabaseRefused } from './errors.js'
import { merged, selectedSamples } from './statements.js'
import type { Row } from './store.js'
import { sampleTable } from './tables.js'
import { DATABASE_FILE } from './url.js'

/** How long another process may hold the database before nobody waits for it any more, and how often somebody looks. */
const BUSY_MS = 5000
const LOOK_MS = 20

/** Its program, of this kind of computer, is loaded only when it is asked for. */
const require = createRequire(import.meta.url)

const NEW = 'fresh_samples'

const ADD_SAMPLES = [
  `INSERT OR IGNORE INTO ${NEW} ${selectedSamples(SQLITE)}`,
  `DELETE FROM ${NEW} WHERE EXISTS (SELECT 1 FROM samples WHERE samples.serial = ${NEW}.serial AND samples.time = ${NEW}.time)`,
  `INSERT INTO samples SELECT * FROM ${NEW}`,
  merged('hours', SQLITE.hourOf('time'), NEW, SQLITE),
  merged('days', SQLITE.dayOf('time'), NEW, SQLITE),
  `DELETE FROM ${NEW}`,
]

/** SQLite, as libsql brings it, in a file of a folder. */
export class EmbeddedDatabase implements Database {
  readonly dialect = SQLITE
  #libsql: Libsql.Database
  #folder: string
  #statements = new Map<string, Libsql.Statement<unknown[]>>()
  /** Ends when the last of the calls so far has ended: there is one connection. */
  #last: Promise<unknown> = Promise.resolve()

  private constructor(libsql: Libsql.Database, folder: string) {
    this.#libsql = libsql
    this.#folder = folder
  }

  /** Opens the folder's database, and makes both where they are missing. Others on this computer get into neither. */
  static open(folder: string): EmbeddedDatabase {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const file = join(folder, DATABASE_FILE)
      // SQLite gives the files beside it the same mode.
      if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
      const Opened: typeof Libsql = require('libsql')
      const libsql = new Opened(file, { timeout: BUSY_MS })
      libsql.defaultSafeIntegers(true)
      // What a transaction has written stays, whenever the power goes: the broker does not send it again.
      for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'temp_store = MEMORY'])
        libsql.prepare(`PRAGMA ${pragma}`).all()
      libsql.exec(sampleTable(NEW, SQLITE).replace('CREATE TABLE', 'CREATE TEMP TABLE'))
      // To wait within SQLite would stop everything else in this process.
      libsql.prepare('PRAGMA busy_timeout = 0').all()
      return new EmbeddedDatabase(libsql, folder)
    } catch (error) {
      throw explained(error, folder)
    }
  }

  readonly rows: Run = (sql, values) => this.#inTurn(() => this.#run(sql, values))

  transaction<T>(work: (run: Run) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#begin()
      try {
        const result = await work(this.#run)
        await this.#run('COMMIT')
        return result
      } catch (error) {
        if (this.#libsql.inTransaction) await this.#run('ROLLBACK')
        throw error
      }
    })
  }

  /** A transaction has the whole database to itself. */
  async lockSchema(): Promise<void> {}

  async addSamples(run: Run, samples: string): Promise<void> {
    for (const [index, sql] of ADD_SAMPLES.entries()) await run(sql, index === 0 ? [samples] : [])
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#statements.clear()
      this.#libsql.close()
    })
  }

  /** Waits for another process that writes. */
  async #begin(): Promise<void> {
    for (const began = performance.now(); ; await setTimeout(LOOK_MS)) {
      try {
        await this.#run('BEGIN IMMEDIATE')
        return
      } catch (error) {
        if (!(error instanceof DatabaseAway) || performance.now() - began > BUSY_MS) throw error
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }

  #run: Run = async (sql, values = []) => {
    try {
      const statement = this.#statement(sql)
      if (statement.reader) return statement.all(...values).map((row) => textRow(row as object))
      statement.run(...values)
      return []
    } catch (error) {
      throw explained(error, this.#folder)
    }
  }

  /** Statements without a value in them come again and again; there are few. */
  #statement(sql: string): Libsql.Statement<unknown[]> {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#libsql.prepare(sql.replace(/\$([0-9]+)/g, '?$1'))
    if (this.#statements.size < 50) this.#statements.set(sql, statement)
    return statement
  }
}

function textRow(row: object): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]))
}

/** SQLite's error as one of ours where it is of the file, not of a statement. */
function explained(error: unknown, where: string): unknown {
  if (!(error instanceof Error)) return error
  const code = String((error as { code?: unknown }).code ?? '')
  const text = `the database in ${where}: ${error.message}`
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return new DatabaseRefused(text)
  if (/^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN)/.test(code) || /^E[A-Z]+$/.test(code))
    return new DatabaseAway(text)
  return /^ConnectionFailed/.test(error.message) ? new DatabaseAway(text) : error
}
