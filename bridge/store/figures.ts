import { COUNTERS, GAUGES } from './columns.js'
import { type Dialect, POSTGRES, SQLITE } from './dialect.js'
import { periodRow, total } from './period-row.js'
import type { Row, Store } from './store.js'
import { isPostgres } from './url.js'
import { before } from './views.js'

/** From one instant to before another. */
export interface Span {
  readonly from: string
  readonly to: string
}

const SHOWN = [...COUNTERS, ...GAUGES].map(({ shown }) => shown!.column)

/** Columns of `Figures.minutes`, as the view `readings` calls them. */
export const MINUTE_COLUMNS: readonly string[] = ['time', 'received_at', ...SHOWN, 'program', 'other']

const HOUR = 3_600_000

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

  /**
   * When the device's first sample was taken, or the beginning of its hour where it is not kept any more, and the beginning of the last
   * hour with a sample; undefined where it has none.
   */
  async range(serial: string): Promise<{ readonly first: string; readonly last: string } | undefined> {
    const [row] = await this.#store.rows(
      `SELECT min(start) AS hour, max(start) AS last, (SELECT min(time) FROM samples WHERE samples.serial = $1) AS sample
      FROM hours WHERE hours.serial = $1`,
      [serial],
    )
    if (!row?.hour || !row.last) return undefined
    const isKept = row.sample != null && Date.parse(row.sample) < Date.parse(row.hour) + HOUR
    return { first: isKept ? row.sample! : row.hour, last: row.last }
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
   * the sum of what the view `hourly` says, and a mean is rounded as there. It is worked out here, because the view asks for the
   * reading before each hour by itself.
   * @param spans in the order of time, each from where the one before ends
   * @returns the rows, and a function that makes one of all spans together, undefined where there is no sample
   */
  async periods(
    serial: string,
    spans: readonly Span[],
  ): Promise<{ readonly rows: readonly Row[]; readonly all: () => Row | undefined }> {
    const selects: readonly Select[] = [
      ['sum(samples)', 'samples'],
      ...COUNTERS.flatMap(({ column }): readonly Select[] => [
        [`max(${column}_max)`, column],
        [
          `sum(${column}_max - CASE WHEN ${column}_before <= ${column}_max THEN ${column}_before ELSE ${column}_min END)`,
          `${column}_used`,
        ],
      ]),
      ...GAUGES.flatMap(({ column }) =>
        (['min', 'max', 'sum', 'n'] as const).map((kind): Select => {
          const name = `${column}_${kind}`
          return [`${kind === 'n' ? 'sum' : kind}(${name})`, name]
        }),
      ),
    ]
    const { rowsOfJson, valueAt, instant, lookedUp } = this.#dialect
    const packedRows = await this.#store.rows(
      `WITH span AS MATERIALIZED (SELECT ${valueAt(0, instant)} AS low, ${valueAt(1, instant)} AS high FROM ${rowsOfJson})
      SELECT low AS start, ${packed(selects)} AS packed
      FROM (SELECT low, hours.*, ${COUNTERS.map(({ column }) => `${lastReading(column, this.#dialect)} AS ${column}_before`)}
        FROM span ${lookedUp('hours', 'hours.serial = $2 AND hours.start >= low AND hours.start < high')}) AS worked
      GROUP BY low ORDER BY low`,
      [JSON.stringify(spans.map(({ from, to }) => [from, to])), serial],
    )
    const names = selects.map(([, name]) => name)
    const rows = packedRows.map((row) => unpacked(row, names))
    return { rows: rows.map(periodRow), all: () => (rows.length === 0 ? undefined : periodRow(total(rows))) }
  }
}

/**
 * The last reading before an hour: where sorting is quick, that of the row before it, and of the database for the first row of all.
 * Rows without a reading have a window of their own.
 */
function lastReading(column: string, { isQuickToSort }: Dialect): string {
  const isRead = `hours.${column}_max IS NOT NULL`
  const found = `CASE WHEN ${isRead} THEN ${before('hours', column, 'hours')} END`
  if (!isQuickToSort) return found
  return `coalesce(lag(hours.${column}_max) OVER (PARTITION BY ${isRead} ORDER BY hours.start), ${found})`
}

/** Numbers as one text: libsql takes longer to hand each value on than SQLite to find it. */
function packed(selects: readonly Select[]): string {
  return selects.map(([sql]) => `coalesce(CAST(${sql} AS TEXT), '')`).join(" || ',' || ")
}

function unpacked({ packed, ...row }: Row, names: readonly string[]): Row {
  const values = packed!.split(',')
  return { ...row, ...Object.fromEntries(names.map((name, i) => [name, values[i] || null])) }
}
