import type { Row } from '../store/store.js'

/** Columns that hold text from outside. All others hold numbers and instants of the database. */
const TEXTS: ReadonlySet<string> = new Set(['serial', 'name', 'version', 'valve', 'program', 'other'])

/** What a spreadsheet takes for a formula at the front of a text. */
const FORMULA = /^[=+\-@\t\r\n]/

/** A line of CSV as in RFC 4180, with its end. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`
}

/** Rows as lines of CSV, the digits as they are. A text that a spreadsheet would run gets a ' at its front. */
export function csvRows(columns: readonly string[], rows: readonly Row[]): string {
  return rows.map((row) => csvLine(columns.map((column) => cell(column, row[column] ?? '')))).join('')
}

function cell(column: string, text: string): string {
  return TEXTS.has(column) && FORMULA.test(text) ? `'${text}` : text
}
