import { COUNTERS, GAUGES, SAMPLE_COLUMNS } from './columns.js'
import type { Dialect } from './dialect.js'
import { QUANTITIES, type Quantity } from './quantities.js'

/** The samples, with the values in the units that people read. */
export function readings(dialect: Dialect): string {
  const shown = QUANTITIES.flatMap(({ column, shown }) =>
    shown === undefined ? [] : [`${dialect.shifted(column, shown.decimals)} AS ${shown.column}`],
  )
  const columns = [...shown, ...SAMPLE_COLUMNS.slice(3).map(({ name }) => name)]
  return `CREATE VIEW readings AS SELECT serial, time, received_at, ${columns.join(', ')} FROM samples`
}

/** The query of a roll-up's view. @param usedSql the SQL of what a counter of `period`, a row of the table, rose by */
export function rolledView(
  table: string,
  usedSql: (table: string, column: string) => string,
  dialect: Dialect,
): string {
  const shown = ({ shown }: Quantity, column: string, suffix: string) =>
    `${dialect.shifted(column, shown!.decimals)} AS ${shown!.column}${suffix}`
  const counters = COUNTERS.flatMap((counter) => [
    shown(counter, `${counter.column}_max`, ''),
    shown(counter, `${counter.column}_used`, '_used'),
    `${counter.column}_max AS ${counter.column}`,
    `${counter.column}_used`,
  ])
  const gauges = GAUGES.flatMap((gauge) => [
    ...['_min', '_max', '_mean'].map((suffix) => shown(gauge, `${gauge.column}${suffix}`, suffix)),
  ])
  const worked = [
    ...COUNTERS.map(({ column }) => `${usedSql(table, column)} AS ${column}_used`),
    ...GAUGES.map(({ column }) => `${mean(column, dialect)} AS ${column}_mean`),
  ]
  return `SELECT serial, start, samples, first_time, last_time, ${[...counters, ...gauges].join(', ')}
    FROM (SELECT period.*, ${worked.join(', ')} FROM ${table} AS period) AS worked`
}

/** The last reading before a period, however long ago that was. @param period the row of the table that it is of */
export function before(table: string, column: string, period = 'period'): string {
  return `(SELECT earlier.${column}_max FROM ${table} AS earlier WHERE earlier.serial = ${period}.serial
    AND earlier.start < ${period}.start AND earlier.${column}_max IS NOT NULL ORDER BY earlier.start DESC LIMIT 1)`
}

/** What a counter rose by since the period before with a reading. One that has gone back counts within the period. */
export function used(table: string, column: string): string {
  return `CASE WHEN period.${column}_max IS NOT NULL THEN period.${column}_max - coalesce(
    (SELECT last.${column}_max FROM ${before(table, column)} AS last WHERE last.${column}_max <= period.${column}_max),
    period.${column}_min) END`
}

/** The same, as the first migration has it. */
export function usedAtFirst(table: string, column: string): string {
  const earlier = before(table, column)
  return `CASE WHEN period.${column}_max >= ${earlier} THEN period.${column}_max - ${earlier}
    ELSE period.${column}_max - period.${column}_min END`
}

/** The mean, rounded to the smallest unit, halves away from zero. */
function mean(column: string, dialect: Dialect): string {
  const [sum, n] = [`abs(period.${column}_sum)`, `period.${column}_n`]
  const size = `${dialect.quotient(sum, n)} + CASE WHEN (${sum} % ${n}) * 2 >= ${n} THEN 1 ELSE 0 END`
  return `CASE WHEN ${n} > 0 THEN (CASE WHEN period.${column}_sum < 0 THEN -1 ELSE 1 END) * (${size}) END`
}
