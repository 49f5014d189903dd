import { ADDED_COLUMNS, COUNTERS, type Column, FIRST_COLUMNS, GAUGES, ROLL_UPS, SAMPLE_COLUMNS } from './columns.js'
import type { Dialect } from './dialect.js'
import type { Quantity } from './quantities.js'
import { readings, rolledView, used, usedAtFirst } from './views.js'

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
    ...ROLL_UPS.map((rollUp) => `CREATE VIEW ${rollUp.view} AS ${rolledView(rollUp.table, usedAtFirst, dialect)}`),
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

/** Views that ask once for the period before, and not at all where the counter has no reading. */
export function quickViews(dialect: Dialect): readonly string[] {
  return ROLL_UPS.flatMap(({ table, view }) => dialect.replacedView(view, rolledView(table, used, dialect)))
}
