/**
 * The figures of a page, column by column. Texts are exact; numbers are for pixels.
 * @typedef {{ readonly times: readonly number[], readonly texts: ReadonlyMap<string, readonly string[]>, readonly received: readonly number[] }} Figures
 */

/**
 * The CSV of a period. Its columns of numbers and instants have no quotation marks, and the last ones, which may, are left out.
 * @param {string} csv
 * @returns {Figures}
 */
export function figuresOf(csv) {
  const [head = '', ...lines] = csv.split('\r\n')
  const names = head.split(',').filter((name) => name !== 'program' && name !== 'other')
  const rows = lines.filter((line) => /^[0-9]{4}-/.test(line)).map((line) => line.split(','))
  const column = (/** @type {string} */ name) => rows.map((row) => row[names.indexOf(name)] ?? '')
  return {
    times: column(names[0] ?? '').map((text) => Date.parse(text) / 1000),
    received: names.includes('received_at') ? column('received_at').map((text) => Date.parse(text) / 1000) : [],
    texts: new Map(names.map((name) => [name, column(name)])),
  }
}

/**
 * The cells of a column of the page's table, and the times of their rows.
 * @param {string} name
 * @returns {Figures}
 */
export function cellsOf(name) {
  const rows = [...document.querySelectorAll('tbody tr')]
  return {
    times: rows.map((row) => Number(row.querySelector('th')?.dataset.time)),
    received: [],
    texts: new Map([[name, rows.map((row) => row.querySelector(`data.${name}`)?.getAttribute('value') ?? '')]]),
  }
}
