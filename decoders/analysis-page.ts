import type { Analysis } from './analysis.js'
import { escaped } from './escaped.js'
import type { MeterSeries, MeterSummary } from './meter-heard.js'
import { plot } from './plot.js'

/** Failures that the page lists. */
const MOST_FAILURES = 200

const STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --line: #0b5cad; --rule: #6b6b6b }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f0f0; --paper: #16181c; --line: #7db8ff; --rule: #a0a0a0 } }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif }
.wide { overflow-x: auto }
table { border-collapse: collapse }
th, td { padding: .2rem .8rem .2rem 0; text-align: left; border-bottom: 1px solid var(--rule); white-space: nowrap }
figure { margin: 1rem 0 }
svg { width: 100%; height: auto }
svg text { fill: var(--ink); font-size: 12px }
.frame { fill: none; stroke: var(--rule) }
.line { fill: none; stroke: var(--line); stroke-width: 1.5 }
`

/**
 * What a recording says as one HTML page that asks for nothing else: a table, and plots of each meter.
 * @param series by manufacturer and number, as `CaptureAnalysis` has them
 */
export function analysisPage(name: string, found: Analysis, series: ReadonlyMap<string, MeterSeries>): string {
  const { meters, failed, failedMore = 0 } = found
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Meters heard${name === '' ? '' : `: ${escaped(name)}`}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Meters heard</h1>
${name === '' ? '' : `<p>${escaped(name)}</p>\n`}${table(
  [
    'meter',
    'version',
    'type',
    'telegrams',
    'period',
    'full',
    'compact',
    'full at access number mod 8',
    'missed',
    'rssi',
    'result',
  ],
  meters.map(cells),
)}
${meters.map((meter) => plots(meter, series.get(nameOf(meter)))).join('')}${failures(failed, failedMore)}</main>
</body>
</html>
`
}

function cells(meter: MeterSummary): string[] {
  const { version, type, telegrams, period, full, compact, fullAt, missed, rssi, results } = meter
  return [
    nameOf(meter),
    hex(version),
    hex(type),
    String(telegrams),
    period === null ? '-' : `${period} s`,
    String(full),
    String(compact),
    fullAt.join(', ') || '-',
    String(missed),
    rssi === null ? '-' : `${rssi.least} to ${rssi.most}, mean ${rssi.mean}`,
    Object.entries(results)
      .map(([result, times]) => `${result} ${times}`)
      .join(', '),
  ]
}

function plots(meter: MeterSummary, series: MeterSeries | undefined): string {
  if (series === undefined) return ''
  const { axis, gaps, rssi, values } = series
  const figures = [
    ...[...values].map(([field, points]) => plot(field, points, axis)),
    plot('rssi', rssi, axis),
    plot('telegrams missed before each that was heard', gaps, axis, true),
  ].join('')
  return figures === '' ? '' : `<section>\n<h2>${escaped(nameOf(meter))}</h2>\n${figures}</section>\n`
}

function failures(failed: Analysis['failed'], more: number): string {
  if (failed.length === 0) return ''
  const rest = failed.length - Math.min(failed.length, MOST_FAILURES) + more
  const rows = failed.slice(0, MOST_FAILURES).map(({ place, id, result }) => [String(place), id || '?', result])
  return `<h2>Telegrams that failed</h2>
${table(['telegram', 'meter', 'result'], rows)}${rest > 0 ? `<p>And ${rest} more.</p>\n` : ''}`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col">${escaped(text)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map((text) => `<td>${escaped(text)}</td>`).join('')}</tr>\n`).join('')
  return `<div class="wide" tabindex="0" role="region" aria-label="${escaped(heads[0]!)}">
<table><thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>
`
}

function nameOf({ manufacturer, id }: MeterSummary): string {
  return `${manufacturer} ${id}`
}

function hex(byte: number | null): string {
  return byte === null ? '?' : byte.toString(16).padStart(2, '0').toUpperCase()
}
