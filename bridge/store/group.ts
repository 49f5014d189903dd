import { createHash } from 'node:crypto'
import pg from 'pg'
import { NEWS_COLUMNS } from './news.js'
import { explained, INSTANTS, run, TYPES } from './postgres.js'
import type { Row } from './store.js'

/**
 * Whoever loses the database hears of it within this, ms, and the database gives its places to others only after that: a
 * connection of which nothing is heard ends after 15 + 3 * 5 s.
 */
const QUERY_TIMEOUT = 10_000
const KEEP_ALIVE = { tcp_keepalives_idle: 15, tcp_keepalives_interval: 5, tcp_keepalives_count: 3 } as const
const OPTIONS = Object.entries({ ...KEEP_ALIVE, ...INSTANTS }).map(([name, value]) => `-c ${name}=${value}`)

/** The number that stands for the one who hands on. Seats begin with 1. */
const LEADER = 0

/** What has changed in `devices`. */
export interface Changes {
  readonly rows: readonly Row[]
  /** From where the next look goes on. */
  readonly mark: string
}

/**
 * A connection to PostgreSQL, by which the bridges of a group divide places among themselves. A place is a lock of the
 * session: it is free as soon as the process that has it dies, no clock decides.
 */
export class GroupConnection {
  /** Called when the connection is gone, and every place with it. */
  onLost: () => void = () => {}
  /** Why it is gone. */
  error: unknown
  #client: pg.Client
  #group: string
  #number: string

  private constructor(client: pg.Client, group: string) {
    this.#client = client
    this.#group = group
    // Half of the numbers of two places that PostgreSQL has for locks; other programs have others.
    this.#number = String(createHash('sha256').update(`meterlogger ${group}`).digest().readUInt32BE() >>> 1)
    client.on('error', (error) => this.#lose(error))
    client.on('end', () => this.#lose(new Error('connection closed')))
  }

  /** Throws `DatabaseAway` or `DatabaseRefused`. */
  static async open(url: string, group: string): Promise<GroupConnection> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: QUERY_TIMEOUT,
      query_timeout: QUERY_TIMEOUT,
      keepAlive: true,
      options: OPTIONS.join(' '),
      types: TYPES as pg.CustomTypesConfig,
      application_name: `meterlogger ${group}`,
    })
    const connection = new GroupConnection(client, group)
    try {
      await client.connect()
    } catch (error) {
      throw explained(error)
    }
    return connection
  }

  /** Takes a seat. @returns false where another process has it */
  async trySeat(seat: number): Promise<boolean> {
    if (!(await this.#tryLock(seat))) return false
    await this.#run('INSERT INTO seats (share, seat) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      this.#group,
      String(seat),
    ])
    return true
  }

  /** Gives a seat back for good: nothing is left of it. */
  async removeSeat(seat: number): Promise<void> {
    await this.#run('DELETE FROM seats WHERE share = $1 AND seat = $2', [this.#group, String(seat)])
    await this.#run('SELECT pg_advisory_unlock($1, $2)', [this.#number, String(seat)])
  }

  /** Whether this process is the one who hands on. */
  tryLead(): Promise<boolean> {
    return this.#tryLock(LEADER)
  }

  /** The seats that somebody had, and nobody has now. */
  async freeSeats(): Promise<readonly number[]> {
    const rows = await this.#run(
      `SELECT seat FROM seats WHERE share = $1 AND seat NOT IN (SELECT objid::bigint FROM pg_locks JOIN pg_database
         ON pg_database.oid = pg_locks.database WHERE datname = current_database() AND locktype = 'advisory'
         AND objsubid = 2 AND granted AND classid::bigint = $2) ORDER BY seat`,
      [this.#group, this.#number],
    )
    return rows.map(({ seat }) => Number(seat))
  }

  /** The clock of the database, unix milliseconds. */
  async now(): Promise<number> {
    const [row] = await this.#run('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now')
    return Number(row!.now)
  }

  /** Devices that have changed since a look before. Each change is told, at least once. @param since undefined for all devices */
  async changes(since: string | undefined): Promise<Changes> {
    // Whatever is not committed yet is at this number or after it.
    const [row] = await this.#run('SELECT pg_snapshot_xmin(pg_current_snapshot())::xid::text AS mark')
    const rows =
      since === undefined
        ? await this.#run(`SELECT ${NEWS_COLUMNS} FROM devices`)
        : await this.#run(`SELECT ${NEWS_COLUMNS} FROM devices WHERE age(xmin) <= age($1::text::xid)`, [since])
    return { rows, mark: row!.mark! }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {})
  }

  #lose(error: Error): void {
    this.error ??= explained(error)
    this.onLost()
  }

  async #tryLock(place: number): Promise<boolean> {
    const [row] = await this.#run('SELECT pg_try_advisory_lock($1, $2)::text AS got', [this.#number, String(place)])
    return row!.got === 'true'
  }

  #run(sql: string, values?: readonly string[]): Promise<readonly Row[]> {
    return run(this.#client, sql, values)
  }
}
