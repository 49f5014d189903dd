import type { Outcome } from './outcome.js'
import {
  DEVICE_HEADS,
  deviceRows,
  failureLines,
  RECOVERY_HEADS,
  recoveriesByKind,
  recoveryRows,
  SAMPLE_HEADS,
  sampleRows,
} from './report.js'
import { describeIncident, eventOf, PARTS } from './schedule.js'
import type { Shrunk } from './shrink.js'

const DAY = 86_400_000
const WIDTH = 900
const LEFT = 70
const RIGHT = 15

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #6a7482; --line: #d9dee5; --paper: #fbfcfd; --blue: #2366b8;
  --orange: #c2620c; --good: #1f7a4d; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #98a2b0; --line: #343c47; --paper: #14181d;
  --blue: #6fa8ec; --orange: #e79a4f; --good: #63c493; --bad: #f2857d } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 960px;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem } h3 { font-size: .95rem; margin: 1.2rem 0 .2rem }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
th { color: var(--soft); font-weight: 500; white-space: normal; vertical-align: bottom }
th:first-child, td:first-child, td.text { text-align: left }
svg { width: 100%; height: auto; display: block } svg text { fill: var(--soft); font-size: 11px }
.grid { stroke: var(--line) } .area { fill: var(--blue); opacity: .25 } .curve { stroke: var(--blue); fill: none; stroke-width: 1.6 }
.other { stroke: var(--orange); fill: none; stroke-width: 1.2; stroke-dasharray: 4 3 } .fault { fill: var(--orange) } .dot { fill: var(--blue); opacity: .6 }
.good { color: var(--good) } .bad { color: var(--bad) } pre { white-space: pre-wrap; font-size: .8rem } .note { color: var(--soft) }
`

/** Writes the report as one HTML page that loads nothing. */
export function page(outcomes: readonly Outcome[], shrunk: ReadonlyMap<number, Shrunk>): string {
  const { days } = outcomes[0]!
  const failed = outcomes.filter(({ violationCount }) => violationCount > 0)
  const verdict =
    failed.length === 0
      ? '<strong class="good">Nothing lost, doubled, forged or moved by itself.</strong>'
      : `<strong class="bad">Failed with ${failed.length} of ${outcomes.length} seeds.</strong>`
  const failures = failed.map(
    (outcome) => `<pre>${escaped(failureLines(outcome, shrunk.get(outcome.seed)).join('\n'))}</pre>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Soak of ${days} days</title><style>${STYLE}</style></head><body>
<h1>Soak: ${days} days with ${outcomes.length === 1 ? 'one seed' : `${outcomes.length} seeds`}</h1>
<p>${verdict} Late is a sample that was more than a minute old when the broker passed it on; never dated are samples of a
boot that ended before it learnt the time.</p>
${failures.join('\n')}
<h2>Samples</h2>${table(SAMPLE_HEADS, sampleRows(outcomes))}
<h2>Commands, valve and memory</h2>${table(DEVICE_HEADS, deviceRows(outcomes))}
<h2>Recoveries</h2><p class="note">From the end of a fault of the network to the next message, where nothing else was wrong. Each dot is one; the scale is logarithmic.</p>
${recoveryPlot(outcomes)}${table(RECOVERY_HEADS, recoveryRows(outcomes))}
${outcomes.map(seedSection).join('\n')}
</body></html>
`
}

function seedSection(outcome: Outcome): string {
  const { seed, days, heap, takenPerHour, deliveredPerHour } = outcome
  const hours = days * 24
  let sum = 0
  const waiting = takenPerHour.slice(0, hours).map((taken, hour) => {
    sum += taken - deliveredPerHour[hour]!
    return Math.max(0, sum)
  })
  const perDay = (counts: readonly number[]) =>
    Array.from({ length: days }, (_, day) => counts.slice(day * 24, day * 24 + 24).reduce((a, b) => a + b, 0))
  return `<h2>Seed ${seed}</h2>
<h3>Faults</h3>${faultPlot(outcome)}
<h3>Samples of the heat meter that wait in flash</h3>${plot(days, [{ values: waiting, kind: 'area' }], 0)}
<h3>Samples of the heat meter a day: taken (dashed) and delivered</h3>${plot(
    days,
    [
      { values: perDay(deliveredPerHour), kind: 'curve' },
      { values: perDay(takenPerHour), kind: 'other' },
    ],
    0,
  )}
<h3>Heap after collection, kB</h3>${plot(days, [{ values: heap.slice(0, -1).map((bytes) => bytes / 1024), kind: 'curve' }], 0)}`
}

interface Series {
  readonly values: readonly number[]
  readonly kind: 'area' | 'curve' | 'other'
}

/** Draws curves over the days, from `lowest` up to their highest value. */
function plot(days: number, series: readonly Series[], lowest: number): string {
  const height = 130
  const bottom = height - 20
  const top = round(Math.max(1, ...series.flatMap(({ values }) => values)))
  const y = (value: number) => bottom - ((value - lowest) / (top - lowest)) * (bottom - 10)
  const x = (share: number) => LEFT + share * (WIDTH - LEFT - RIGHT)
  const grid = [lowest, (lowest + top) / 2, top].map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString('en')}</text>`,
  )
  const curves = series.map(({ values, kind }) => {
    const points = values.map((value, i) => `${x((i + 0.5) / values.length).toFixed(1)},${y(value).toFixed(1)}`)
    if (kind === 'area')
      return `<polygon class="area" points="${x(0)},${bottom} ${points.join(' ')} ${x(1)},${bottom}"/>`
    return `<polyline class="${kind}" points="${points.join(' ')}"/>`
  })
  return svg(height, [...grid, ...curves, dayMarks(days, height)])
}

function faultPlot({ days, schedule }: Outcome): string {
  const row = 18
  const height = PARTS.length * row + 22
  const span = WIDTH - LEFT - RIGHT
  const rows = PARTS.map((part, i) => {
    const y = i * row
    const bars = schedule
      .filter((incident) => eventOf(incident).part === part)
      .map((incident) => {
        const x = LEFT + (incident.at / (days * DAY)) * span
        const width = Math.max(1.5, (incident.length / (days * DAY)) * span)
        return `<rect class="fault" x="${x.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="${row - 8}"><title>${escaped(describeIncident(incident))}</title></rect>`
      })
    const line = `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y + row}" y2="${y + row}"/>`
    return `${line}<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${part}</text>${bars.join('')}`
  })
  return svg(height, [...rows, dayMarks(days, height)])
}

function recoveryPlot(outcomes: readonly Outcome[]): string {
  const left = 150
  const row = 22
  const kinds = recoveriesByKind(outcomes)
  const height = kinds.length * row + 24
  const x = (seconds: number) => left + (Math.log10(Math.max(0.1, seconds) / 0.1) / 3) * (WIDTH - left - RIGHT)
  const marks = [0.1, 1, 10, 100].map(
    (seconds) =>
      `<line class="grid" x1="${x(seconds)}" x2="${x(seconds)}" y1="0" y2="${height - 20}"/>` +
      `<text x="${x(seconds)}" y="${height - 6}" text-anchor="middle">${seconds} s</text>`,
  )
  const dots = kinds.map(([kind, all], i) => {
    const y = i * row + row / 2
    const points = all.map((seconds) => `<circle class="dot" cx="${x(seconds).toFixed(1)}" cy="${y}" r="4"/>`)
    return `<text x="${left - 10}" y="${y + 4}" text-anchor="end">${escaped(kind)}</text>${points.join('')}`
  })
  return svg(height, [...marks, ...dots])
}

function dayMarks(days: number, height: number): string {
  const step = Math.max(1, Math.ceil(days / 10))
  let text = ''
  for (let day = 0; day < days; day += step) {
    const x = LEFT + (day / days) * (WIDTH - LEFT - RIGHT)
    text += `<text x="${x.toFixed(1)}" y="${height - 5}">day ${day + 1}</text>`
  }
  return text
}

function svg(height: number, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img">${parts.join('')}</svg>`
}

function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => {
    const text = String(value)
    return `<td${/^[-0-9]/.test(text) ? '' : ' class="text"'}>${escaped(text)}</td>`
  }
  return `<div class="scroll"><table><tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join('')}</tr>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</table></div>`
}

function round(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value))
  return Math.ceil(value / unit) * unit
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
