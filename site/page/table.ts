import { make } from './dom.js'

/** A table for people. The first column names the row. Columns without any text are left out. */
export function tableOf(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): HTMLElement {
  const used = columns.map((_, i) => rows.some((row) => (row[i] ?? '') !== ''))
  const head = columns.map((name) => {
    const cell = make('th', '', name)
    cell.scope = 'col'
    return cell
  })
  const body = rows.map((row) =>
    make(
      'tr',
      '',
      ...columns.flatMap((_, i) => {
        if (!used[i]) return []
        const cell = make(i === 0 ? 'th' : 'td', '', row[i] ?? '')
        if (i === 0) cell.setAttribute('scope', 'row')
        return [cell]
      }),
    ),
  )
  const table = make(
    'table',
    'rows',
    make('caption', '', caption),
    make('thead', '', make('tr', '', ...head.filter((_, i) => used[i]))),
    make('tbody', '', ...body),
  )
  // A table that is wider than a phone is moved in its own frame, by keyboard too.
  const frame = make('div', 'wide-table', table)
  frame.tabIndex = 0
  frame.setAttribute('role', 'group')
  frame.setAttribute('aria-label', caption)
  return frame
}
