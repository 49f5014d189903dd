import type { Dialect } from './dialect.js'
import { FACTS } from './facts.js'
import { QUANTITIES, type Quantity } from './quantities.js'

/** A column and its type, as the dialect calls it. */
export interface Column {
  readonly name: string
  readonly type: 'text' | 'instant' | 'integer'
}

/** The roll-ups: the table, and the view of it that people read. */
export const ROLL_UPS = [
  { table: 'hours', view: 'hourly' },
  { table: 'days', view: 'daily' },
] as const

export const COUNTERS = QUANTITIES.filter(({ rollUp }) => rollUp === 'counter')
export const GAUGES = QUANTITIES.filter(({ rollUp }) => rollUp === 'gauge')

/** Columns of `samples`; the first two are the key. */
export const SAMPLE_COLUMNS: readonly Column[] = [
  { name: 'serial', type: 'text' },
  { name: 'time', type: 'instant' },
  { name: 'received_at', type: 'instant' },
  { name: 'program', type: 'text' },
  { name: 'other', type: 'text' },
  ...QUANTITIES.map(({ column }) => ({ name: column, type: 'integer' }) as const),
]

const factColumns = (facts: readonly string[]): readonly Column[] =>
  facts.flatMap((fact): readonly Column[] => [
    { name: fact, type: fact === 'rssi_dbm' || fact === 'uptime_s' ? 'integer' : 'text' },
    { name: `${fact}_at`, type: 'instant' },
  ])

/** Columns that the second migration has added to `devices`. */
const ADDED_COLUMNS: readonly Column[] = [...factColumns(['open_until']), { name: 'sample', type: 'text' }]

const FIRST_COLUMNS: readonly Column[] = [
  { name: 'serial', type: 'text' },
  { name: 'last_seen', type: 'instant' },
  { name: 'last_sample', type: 'instant' },
  { name: 'offline_at', type: 'instant' },
  ...factColumns(FACTS.filter((fact) => fact !== 'open_until')),
]

/** Columns of `devices`; the first is the key. */
export const DEVICE_COLUMNS: readonly Column[] = [...FIRST_COLUMNS, ...ADDED_COLUMNS]

function columnLine({ name, type }: Column, dialect: Dialect, isNeeded: boolean): string {
  return `${name} ${dialect[type]}${isNeeded ? ' NOT NULL' : ''}`
}

function table(name: string, columns: readonly string[], key: string, dialect: Dialect): string {
  return `CREATE TABLE ${name} (${[...columns, `PRIMARY KEY (${key})`].join(', ')}) ${dialect.tableEnd}`
}

/** Columns of a gauge or a counter in a roll-up. */
function rolledColumns({ column, rollUp }: Quantity, { integer }: Dialect): readonly string[] {
  const range = [`${column}_min ${integer}`, `${column}_max ${integer}`]
  return rollUp === 'counter'
    ? range
    : [...range, `${column}_sum ${integer} NOT NULL`, `${column}_n ${integer} NOT NULL`]
}

/** The columns of `samples`, as a table of another name has them too. */
export function sampleTable(name: string, dialect: Dialect): string {
  const columns = SAMPLE_COLUMNS.map((column, i) => columnLine(column, dialect, i < 3))
  return table(name, columns, 'serial, time', dialect)
}

/** All tables and views, made anew. */
export function tables(dialect: Dialect): readonly string[] {
  const { text, instant, integer } = dialect
  const rolled = [
    `serial ${text} NOT NULL`,
    `start ${instant} NOT NULL`,
    `samples ${integer} NOT NULL`,
    `first_time ${instant} NOT NULL`,
    `last_time ${instant} NOT NULL`,
    ...[...COUNTERS, ...GAUGES].flatMap((quantity) => rolledColumns(quantity, dialect)),
  ]
  const devices = FIRST_COLUMNS.map((column, i) => columnLine(column, dialect, i < 1))
  return [
    sampleTable('samples', dialect),
    table('devices', devices, 'serial', dialect),
    table('retention', [`id ${integer} NOT NULL CHECK (id = 1)`, `kept_from ${instant}`], 'id', dialect),
    'INSERT INTO retention (id) VALUES (1)',
    ...ROLL_UPS.map((rollUp) => table(rollUp.table, rolled, 'serial, start', dialect)),
    readings(dialect),
    ...ROLL_UPS.map((rollUp) => rolledView(rollUp.table, rollUp.view, dialect)),
  ]
}

/** What bridges that share their work need: the newest sample as it came, and who is there. */
export function shared(dialect: Dialect): readonly string[] {
  const { text, integer } = dialect
  return [
    ...ADDED_COLUMNS.map((column) => `ALTER TABLE devices ADD COLUMN ${columnLine(column, dialect, false)}`),
    ...['devices', ...ROLL_UPS.map((rollUp) => rollUp.table)].flatMap((name) => dialect.roomy(name)),
    table('seats', [`share ${text} NOT NULL`, `seat ${integer} NOT NULL`], 'share, seat', dialect),
  ]
}

/** The samples, with the values in the units that people read. */
function readings(dialect: Dialect): string {
  const shown = QUANTITIES.flatMap(({ column, shown }) =>
    shown === undefined ? [] : [`${dialect.shifted(column, shown.decimals)} AS ${shown.column}`],
  )
  const columns = [...shown, ...SAMPLE_COLUMNS.slice(3).map(({ name }) => name)]
  return `CREATE VIEW readings AS SELECT serial, time, received_at, ${columns.join(', ')} FROM samples`
}

function rolledView(from: string, view: string, dialect: Dialect): string {
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
    ...COUNTERS.map(({ column }) => `${used(from, column)} AS ${column}_used`),
    ...GAUGES.map(({ column }) => `${mean(column, dialect)} AS ${column}_mean`),
  ]
  return `CREATE VIEW ${view} AS SELECT serial, start, samples, first_time, last_time, ${[...counters, ...gauges].join(', ')}
    FROM (SELECT period.*, ${worked.join(', ')} FROM ${from} AS period) AS worked`
}

/** What a counter rose by since the period before, however long ago that was. One that has gone back counts within the period. */
function used(from: string, column: string): string {
  const before = `(SELECT earlier.${column}_max FROM ${from} AS earlier WHERE earlier.serial = period.serial
    AND earlier.start < period.start AND earlier.${column}_max IS NOT NULL ORDER BY earlier.start DESC LIMIT 1)`
  return `CASE WHEN period.${column}_max >= ${before} THEN period.${column}_max - ${before}
    ELSE period.${column}_max - period.${column}_min END`
}

/** The mean, rounded to the smallest unit, halves away from zero. */
function mean(column: string, dialect: Dialect): string {
  const [sum, n] = [`abs(period.${column}_sum)`, `period.${column}_n`]
  const size = `${dialect.quotient(sum, n)} + CASE WHEN (${sum} % ${n}) * 2 >= ${n} THEN 1 ELSE 0 END`
  return `CASE WHEN ${n} > 0 THEN (CASE WHEN period.${column}_sum < 0 THEN -1 ELSE 1 END) * (${size}) END`
}
