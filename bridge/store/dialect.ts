/** In what the two databases differ. */
export interface Dialect {
  /** Types of columns. */
  readonly text: string
  readonly instant: string
  readonly integer: string
  /** What follows the columns of a table whose rows lie in the order of its primary key. */
  readonly tableEnd: string
  /** The functions that give the smaller or larger of two values. */
  readonly least: string
  readonly greatest: string
  /** Ends a `SELECT` whose row nobody may change before the transaction ends. */
  readonly sharedLock: string
  /** Makes room between the rows of a table that are changed again and again: a changed row then needs no new place in the index. */
  roomy(table: string): readonly string[]
  /** Makes a view anew, with the same columns. Views that somebody has made of it stay. @param body its query */
  replacedView(name: string, body: string): readonly string[]
  /** The whole part of a quotient of two positive numbers. */
  quotient(dividend: string, divisor: string): string
  /** Beginning of the hour or of the day, in UTC, of an instant. */
  hourOf(instant: string): string
  dayOf(instant: string): string
  /** The exact number with so many decimals whose digits an integer has. */
  shifted(integer: string, decimals: number): string
  /** `FROM` the rows of a JSON array of arrays, and the value at a place of such a row. */
  readonly rowsOfJson: string
  valueAt(index: number, type: string): string
  /** Joins, to each row before it, the rows of a table for which a condition holds, by the table's index. */
  lookedUp(table: string, condition: string): string
  /** Whether to sort rows takes less than to look up another one for each. */
  readonly isQuickToSort: boolean
}

/** SQLite. An instant is a text, `2026-11-27T13:10:00Z`: its order is that of time, and SQLite's functions of time take it. */
export const SQLITE: Dialect = {
  text: 'TEXT',
  instant: 'TEXT',
  integer: 'INTEGER',
  tableEnd: 'STRICT, WITHOUT ROWID',
  least: 'min',
  greatest: 'max',
  sharedLock: '',
  roomy: () => [],
  replacedView: (name, body) => [`DROP VIEW ${name}`, `CREATE VIEW ${name} AS ${body}`],
  quotient: (dividend, divisor) => `(${dividend} / ${divisor})`,
  hourOf: (instant) => `substr(${instant}, 1, 13) || ':00:00Z'`,
  dayOf: (instant) => `substr(${instant}, 1, 10) || 'T00:00:00Z'`,
  shifted: (integer, decimals) => {
    const one = 10 ** decimals
    const fraction = `substr('${'0'.repeat(decimals)}' || (abs(${integer}) % ${one}), -${decimals})`
    return `CASE WHEN ${integer} < 0 THEN '-' ELSE '' END || (abs(${integer}) / ${one}) || '.' || ${fraction}`
  },
  rowsOfJson: 'json_each($1) AS line',
  valueAt: (index) => `line.value->>${index}`,
  lookedUp: (table, condition) => `CROSS JOIN ${table} ON ${condition}`,
  isQuickToSort: false,
}

/** PostgreSQL 13 or later. */
export const POSTGRES: Dialect = {
  text: 'text COLLATE "C"',
  instant: 'timestamptz',
  integer: 'numeric',
  tableEnd: '',
  least: 'least',
  greatest: 'greatest',
  sharedLock: ' FOR SHARE',
  roomy: (table) => [`ALTER TABLE ${table} SET (fillfactor = 50)`],
  replacedView: (name, body) => [`CREATE OR REPLACE VIEW ${name} AS ${body}`],
  quotient: (dividend, divisor) => `div(${dividend}, ${divisor})`,
  hourOf: (instant) => `date_trunc('hour', ${instant}, 'UTC')`,
  dayOf: (instant) => `date_trunc('day', ${instant}, 'UTC')`,
  shifted: (integer, decimals) => `${integer} * 0.${'1'.padStart(decimals, '0')}`,
  rowsOfJson: 'jsonb_array_elements($1::jsonb) AS line(value)',
  valueAt: (index, type) => `(line.value->>${index})::${type.split(' ')[0]}`,
  // OFFSET 0 keeps it from comparing all rows of both with each other.
  lookedUp: (table, condition) => `CROSS JOIN LATERAL (SELECT * FROM ${table} WHERE ${condition} OFFSET 0) AS ${table}`,
  isQuickToSort: true,
}
