import { batchOf } from './batch.js'
import type { Database, Run } from './database.js'
import { updatedDevices } from './statements.js'
import type { Arrival, Row, Store } from './store.js'
import { instantText } from './times.js'

const MINUTE = 60_000

/** Samples that are deleted at once: others get their turn between. */
const MOST = 2_000

/** The store, in a database of either kind. */
export class DatabaseStore implements Store {
  #database: Database
  #updateDevices: string
  #refused = 0

  constructor(database: Database) {
    this.#database = database
    this.#updateDevices = updatedDevices(database.dialect)
  }

  get refused(): number {
    return this.#refused
  }

  async write(arrivals: readonly Arrival[]): Promise<void> {
    if (arrivals.length === 0) return
    this.#refused += await this.#database.transaction(async (run) => {
      const { samples, devices, refused } = batchOf(arrivals, await this.#keptFrom(run))
      if (samples !== undefined) await this.#database.addSamples(run, samples)
      if (devices !== undefined) await run(this.#updateDevices, [devices])
      return refused
    })
  }

  async prune(keepMs: number): Promise<number> {
    const [row] = await this.#database.rows('SELECT max(last_sample) AS newest FROM devices')
    const newest = row?.newest
    if (newest == null) return 0
    const wanted = instantText((Math.floor((Date.now() - keepMs) / MINUTE) * MINUTE) / 1000)
    // A clock that is years ahead would have every sample to come refused, for good.
    const from = [wanted, newest].sort()[0]!
    await this.#database.transaction((run) =>
      run('UPDATE retention SET kept_from = $1 WHERE kept_from IS NULL OR kept_from < $1', [from]),
    )
    let gone = 0
    for (const { serial } of await this.#database.rows('SELECT serial FROM devices ORDER BY serial'))
      for (let last = MOST; last === MOST; gone += last) last = await this.#pruneSome(serial!, from)
    return gone
  }

  /** Deletes the oldest samples of a device, but never its newest. @returns how many */
  #pruneSome(serial: string, from: string): Promise<number> {
    return this.#database.transaction(async (run) => {
      const old = `FROM samples WHERE serial = $1 AND time < $2
        AND time < (SELECT last_sample FROM devices WHERE serial = $1)`
      const [row] = await run(
        `SELECT count(*) AS n, max(time) AS time FROM (SELECT time ${old} ORDER BY time LIMIT ${MOST}) AS oldest`,
        [serial, from],
      )
      if (row!.n !== '0') await run('DELETE FROM samples WHERE serial = $1 AND time <= $2', [serial, row!.time!])
      return Number(row!.n)
    })
  }

  rows(sql: string, values?: readonly string[]): Promise<readonly Row[]> {
    return this.#database.rows(sql, values)
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  /** Older samples have been rolled up and deleted: whether one was among them, nobody knows. */
  async #keptFrom(run: Run): Promise<string | undefined> {
    const [row] = await run(`SELECT kept_from FROM retention${this.#database.dialect.sharedLock}`)
    return row?.kept_from ?? undefined
  }
}
