type Cell = string | number | null | undefined

/** Rows under their heads, for people; what is not there is `-`. */
export function tableLines(heads: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  return alignedLines([heads, ...rows])
}

/** Rows whose columns stand below each other. */
export function alignedLines(rows: readonly (readonly Cell[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => (cell === undefined || cell === null ? '-' : String(cell))))
  const widths: number[] = []
  for (const row of texts) for (const [i, text] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, text.length)
  return texts.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  )
}
