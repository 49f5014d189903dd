import pg from 'pg'
import { SAMPLE_COLUMNS } from './columns.js'
import type { Database, Run } from './database.js'
import { POSTGRES } from './dialect.js'
import { DatabaseAway, DatabaseRefused } from './errors.js'
import { merged, selectedSamples } from './statements.js'
import type { Row } from './store.js'

/** Any number that nobody else takes for a lock of this database. */
const SCHEMA_LOCK = '6872136'

const TIMESTAMPTZ = 1184

const COLUMNS = SAMPLE_COLUMNS.map(({ name }) => name).join(', ')

/** One statement, so that what is new is known without another look. Bridges that write at once take the rows in the same order. */
const ADD_SAMPLES = `WITH fresh AS (
    INSERT INTO samples (${COLUMNS}) ${selectedSamples(POSTGRES)} ORDER BY 1, 2
    ON CONFLICT (serial, time) DO NOTHING RETURNING ${COLUMNS}
  ), to_hours AS (${merged('hours', POSTGRES.hourOf('time'), 'fresh', POSTGRES)})
  ${merged('days', POSTGRES.dayOf('time'), 'fresh', POSTGRES)}`

/** Of PostgreSQL's errors, each of which has a digit; the system's EPIPE has none. */
const SQLSTATE = /^(?=.*[0-9])[0-9A-Z]{5}$/

/** What PostgreSQL says when it did not do something now, but may later: SQLSTATE by class or whole. */
const LATER = /^(08|53|57|58|40001|40P01|25006|55P03)/

/** What it says when the URL is wrong, or the user may not do it. */
const NEVER = /^(28|3D|42501)/

/** How instants come as text, whatever the server, the database or the user is set to: `TYPES` reads no others. */
export const INSTANTS = { datestyle: 'ISO', timezone: 'UTC' } as const

/** Every value is its text; an instant is as SQLite's. */
export const TYPES = {
  getTypeParser: (oid: number) => (text: string) =>
    oid === TIMESTAMPTZ ? new Date(text).toISOString().replace('.000Z', 'Z') : text,
}

export class PostgresDatabase implements Database {
  readonly dialect = POSTGRES
  #pool: pg.Pool

  private constructor(pool: pg.Pool) {
    this.#pool = pool
    // A connection that breaks while nobody uses it is made anew by whoever needs one.
    pool.on('error', () => {})
    // One that breaks in use fails the query, too; the event alone would end the process.
    pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** Does not connect yet. */
  static open(url: string): PostgresDatabase {
    try {
      // Throws where the URL is none.
      new pg.Client({ connectionString: url })
    } catch {
      throw new DatabaseRefused('expected postgres://user@host/database')
    }
    return new PostgresDatabase(
      new pg.Pool({
        connectionString: url,
        max: 3,
        keepAlive: true,
        connectionTimeoutMillis: 10_000,
        query_timeout: 120_000,
        types: TYPES as pg.CustomTypesConfig,
        application_name: 'meterlogger',
        // The queries are long and touch few rows: to compile one takes seconds, to run it milliseconds.
        onConnect: async (client) => {
          await client.query('SET jit = off')
          for (const [name, value] of Object.entries(INSTANTS)) await client.query(`SET ${name} = ${value}`)
        },
      }),
    )
  }

  readonly rows: Run = async (sql, values) => {
    const client = await this.#connected()
    try {
      return await run(client, sql, values)
    } finally {
      client.release()
    }
  }

  async transaction<T>(work: (run: Run) => Promise<T>): Promise<T> {
    const client = await this.#connected()
    let broken: Error | undefined
    try {
      await run(client, 'BEGIN')
      const result = await work((sql, values) => run(client, sql, values))
      await run(client, 'COMMIT')
      return result
    } catch (error) {
      await run(client, 'ROLLBACK').catch((failed: Error) => {
        broken = failed
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  async lockSchema(run: Run): Promise<void> {
    await run('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK])
  }

  async addSamples(run: Run, samples: string): Promise<void> {
    await run(ADD_SAMPLES, [samples])
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #connected(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw explained(error)
    }
  }
}

export async function run(client: pg.ClientBase, sql: string, values: readonly string[] = []): Promise<readonly Row[]> {
  try {
    const { rows } = await client.query<Row>(sql, [...values])
    return rows
  } catch (error) {
    throw explained(error)
  }
}

/** An error of the database or of the way to it as one of ours; one of a statement stays. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const state = String((error as { code?: unknown }).code ?? '')
  const text = `PostgreSQL: ${error.message || state}`
  if (NEVER.test(state)) return new DatabaseRefused(text)
  return !SQLSTATE.test(state) || LATER.test(state) ? new DatabaseAway(text) : error
}
