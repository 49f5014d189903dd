/** Prints rows under their heads, columns aligned; numbers to the right. */
export function printTable(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const text = [heads, ...rows].map((row) => row.map(String))
  const widths = heads.map((_, i) => Math.max(...text.map((row) => row[i]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (/^-?[0-9]/.test(cell) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  console.log(`\n${title}\n`)
  text.forEach((row, i) => {
    console.log(`  ${line(row)}`)
    if (i === 0) console.log(`  ${widths.map((width) => '-'.repeat(width)).join('  ')}`)
  })
}
