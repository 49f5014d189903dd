/** Characters of a line of the terminal that is drawn. */
const COLUMNS = 112

/** Pixels. */
const SIZE = 13
const CHARACTER = 7.83
const LINE = 19
const MARGIN = 20

/** By the codes of the terminal (ECMA-48, SGR). */
const COLOURS: Readonly<Record<string, string>> = {
  '31': '#ff7b72',
  '33': '#ffd866',
  '36': '#79c0ff',
  '39': '#e6edf3',
  '90': '#8b949e',
}

interface Letter {
  readonly text: string
  readonly colour: string
}

/** Draws what a terminal shows, as SVG. @param lines with colours as a terminal gets them */
export function terminalPicture(lines: readonly string[], label: string): string {
  const rows = lines.flatMap(rowsOf)
  const [width, height] = [Math.round(COLUMNS * CHARACTER + 2 * MARGIN), rows.length * LINE + 2 * MARGIN]
  const texts = rows.map((row, i) => `<text x="${MARGIN}" y="${MARGIN + SIZE + i * LINE}">${spans(row)}</text>\n`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}"><rect width="${width}" height="${height}" rx="8" fill="#0d1117"/><g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="${SIZE}" style="white-space:pre">${texts.join('')}</g></svg>\n`
}

/** The rows of a line, which is broken where the terminal ends. */
function rowsOf(line: string): Letter[][] {
  const letters: Letter[] = []
  let colour = COLOURS['39']!
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a terminal is told its colours
  for (const [, code, text] of line.matchAll(/\u001b\[([0-9]+)m|([^\u001b])/gu))
    if (text === undefined) colour = COLOURS[code!]!
    else letters.push({ text, colour })
  const rows: Letter[][] = []
  do rows.push(letters.splice(0, COLUMNS))
  while (letters.length > 0)
  return rows
}

function spans(row: readonly Letter[]): string {
  let svg = ''
  for (let from = 0, to = 0; from < row.length; from = to) {
    const { colour } = row[from]!
    while (row[to]?.colour === colour) to++
    const text = row.slice(from, to).map((letter) => letter.text)
    svg += `<tspan fill="${colour}">${escaped(text.join(''))}</tspan>`
  }
  return svg
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
