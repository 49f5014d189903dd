import { type Dialect, POSTGRES, SQLITE } from './dialect.js'
import { periodRow, total } from './period-row.js'
import type { Row, Store } from './store.js'
import { COUNTERS, GAUGES } from './tables.js'
import { isPostgres } from './url.js'

/** From one instant to before another. */
export interface Span {
  readonly from: string
  readonly to: string
}

const SHOWN = [...COUNTERS, ...GAUGES].map(({ shown }) => shown!.column)

/** Columns of `Figures.minutes`, as the view `readings` calls them. */
export const MINUTE_COLUMNS: readonly string[] = ['time', 'received_at', ...SHOWN, 'program', 'other']

/** SQL of a value, and what it is called. */
type Select = readonly [sql: string, name: string]

/** What somebody looks at. Every query is bounded by its spans or by a number of rows, and every number is exact. */
export class Figures {
  #store: Pick<Store, 'rows'>
  #dialect: Dialect

  /** @param url of the store's database */
  constructor(store: Pick<Store, 'rows'>, url: string) {
    this.#store = store
    this.#dialect = isPostgres(url) ? POSTGRES : SQLITE
  }

  /** All rows of `devices`. */
  devices(): Promise<readonly Row[]> {
    return this.#store.rows(
      'SELECT serial, last_seen, last_sample, offline_at, version, valve, rssi_dbm FROM devices ORDER BY serial',
    )
  }

  /** The device that has just this number; undefined where none was heard. */
  async device(serial: string): Promise<Row | undefined> {
    const [row] = await this.#store.rows(
      'SELECT serial, last_seen, last_sample, offline_at, version, valve, rssi_dbm FROM devices WHERE serial = $1',
      [serial],
    )
    return row
  }

  /** How many samples each of the devices has after an instant. @param hour the first full hour after that */
  async samplesSince(serials: readonly string[], after: string, hour: string): Promise<ReadonlyMap<string, number>> {
    const { rowsOfJson, valueAt, text } = this.#dialect
    const rows = await this.#store.rows(
      `SELECT device.serial AS serial,
        (SELECT coalesce(sum(hours.samples), 0) FROM hours WHERE hours.serial = device.serial AND hours.start >= $3)
        + (SELECT count(*) FROM samples WHERE samples.serial = device.serial AND samples.time > $2 AND samples.time < $3)
        AS samples
      FROM (SELECT ${valueAt(0, text)} AS serial FROM ${rowsOfJson}) AS device`,
      [JSON.stringify(serials.map((serial) => [serial])), after, hour],
    )
    return new Map(rows.map((row) => [row.serial!, Number(row.samples)]))
  }

  /** Beginning of the first and of the last hour in which the device has a sample; undefined where it has none. */
  async range(serial: string): Promise<{ readonly first: string; readonly last: string } | undefined> {
    const [row] = await this.#store.rows(
      'SELECT min(start) AS first, max(start) AS last FROM hours WHERE serial = $1',
      [serial],
    )
    return row?.first && row.last ? { first: row.first, last: row.last } : undefined
  }

  /** Samples of a device in the order of time, at most so many, with `MINUTE_COLUMNS`. */
  async minutes(serial: string, { from, to }: Span, most: number): Promise<readonly Row[]> {
    const rows = await this.#store.rows(
      `SELECT time, received_at, program, other, ${packed(SHOWN.map((name) => [name, name]))} AS packed
      FROM readings WHERE serial = $1 AND time >= $2 AND time < $3 ORDER BY time LIMIT ${most}`,
      [serial, from, to],
    )
    return rows.map((row) => unpacked(row, SHOWN))
  }

  /** When the samples of a device came, in the order of their time, at most so many: `time` and `received_at`. */
  arrivals(serial: string, { from, to }: Span, most: number): Promise<readonly Row[]> {
    return this.#store.rows(
      `SELECT time, received_at FROM samples WHERE serial = $1 AND time >= $2 AND time < $3 ORDER BY time LIMIT ${most}`,
      [serial, from, to],
    )
  }

  /**
   * What a device did in each of the spans in which it has a sample, out of whole hours: rows with `PERIOD_COLUMNS`. What was used is
   * the sum of what the view `hourly` says, and a mean is rounded as there.
   * @returns the rows, and a function that makes one of all spans together, undefined where there is no sample
   */
  async periods(
    serial: string,
    spans: readonly Span[],
  ): Promise<{ readonly rows: readonly Row[]; readonly all: () => Row | undefined }> {
    const sums = [
      ['sum(samples)', 'samples'] as const,
      ...COUNTERS.map(({ column }) => [`max(${column}_max)`, column] as const),
      ...GAUGES.flatMap(({ column }) =>
        (['min', 'max', 'sum', 'n'] as const).map((kind) => {
          const name = `${column}_${kind}`
          return [`${kind === 'n' ? 'sum' : kind}(${name})`, name] as const
        }),
      ),
    ]
    // Without a reading the view would look for an earlier one through all of the past.
    const used = COUNTERS.map(
      ({ column }) => [`sum(CASE WHEN ${column} IS NOT NULL THEN ${column}_used END)`, `${column}_used`] as const,
    )
    const [rolled, changed] = await Promise.all([
      this.#summed('hours', sums, serial, spans),
      this.#summed('hourly', used, serial, spans),
    ])
    const both = rolled.map((row, i) => ({ ...changed[i], ...row }))
    return { rows: both.map(periodRow), all: () => (both.length === 0 ? undefined : periodRow(total(both))) }
  }

  async #summed(
    table: string,
    selects: readonly Select[],
    serial: string,
    spans: readonly Span[],
  ): Promise<readonly Row[]> {
    const { rowsOfJson, valueAt, instant } = this.#dialect
    // CROSS JOIN tells SQLite to look each span up.
    const rows = await this.#store.rows(
      `WITH span AS MATERIALIZED (SELECT ${valueAt(0, instant)} AS low, ${valueAt(1, instant)} AS high FROM ${rowsOfJson})
      SELECT low AS start, ${packed(selects)} AS packed FROM span CROSS JOIN ${table} AS rolled
      WHERE rolled.serial = $2 AND rolled.start >= low AND rolled.start < high GROUP BY low ORDER BY low`,
      [JSON.stringify(spans.map(({ from, to }) => [from, to])), serial],
    )
    const names = selects.map(([, name]) => name)
    return rows.map((row) => unpacked(row, names))
  }
}

/** Numbers as one text: libsql takes longer to hand each value on than SQLite to find it. */
function packed(selects: readonly Select[]): string {
  return selects.map(([sql]) => `coalesce(CAST(${sql} AS TEXT), '')`).join(" || ',' || ")
}

function unpacked({ packed, ...row }: Row, names: readonly string[]): Row {
  const values = packed!.split(',')
  return { ...row, ...Object.fromEntries(names.map((name, i) => [name, values[i] || null])) }
}
