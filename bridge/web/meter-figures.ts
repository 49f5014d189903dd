import type { Row } from '../store/store.js'
import type { Known } from './health.js'
import { table } from './layout.js'
import { html, type Markup } from './markup.js'
import { meterPath } from './paths.js'
import { Period, type PeriodKind } from './period.js'
import type { Shown } from './quantities.js'
import type { Stillness, Stretch } from './stillness.js'
import { decimalsOf, digitsShown } from './words.js'

const MINUTE = 60_000

/** Gaps that are listed. */
const MOST_LISTED = 12

export interface MeterView {
  readonly device: Known
  readonly period: Period
  /** Of its parts: hours, days or months. */
  readonly rows: readonly Row[]
  readonly all: Row | undefined
  /** Of a day; undefined where its samples are not kept any more. */
  readonly stillness: Stillness | undefined
  /** As `Figures.range` tells it. */
  readonly range: { readonly first: string; readonly last: string } | undefined
}

/** What was used and measured in all of the period, in words and figures. */
export function summary(all: Row, used: readonly Shown[], measured: readonly Shown[], view: MeterView): Markup {
  const expected = expectedIn(view.period, view)
  const samples = Number(all.samples)
  return html`<dl class="sums">
${used.map(({ column, name, unit }) => {
  const [rise, reading] = digitsOf(all, [`${column}_used`, column])
  return sumOf(`${name} used`, html`${rise!} ${unit}`, html`reading ${reading!} ${unit}`)
})}
${measured.map(({ column, name, unit }) => {
  const [mean] = digitsOf(all, [`${column}_mean`])
  const [low, high] = digitsOf(all, [`${column}_min`, `${column}_max`])
  return sumOf(`${name}, mean`, html`${mean!} ${unit}`, html`${low!} to ${high!} ${unit}`)
})}
${sumOf('Samples', html`${samples.toLocaleString('en')}`, html`of ${Math.max(samples, expected).toLocaleString('en')}`)}
</dl>
${view.stillness && listed(view.stillness)}`
}

/** Values of a row, with as many decimals as they need together. */
function digitsOf(row: Row, columns: readonly string[]): readonly string[] {
  const texts = columns.map((column) => row[column]!)
  const decimals = decimalsOf(texts)
  return texts.map((text) => digitsShown(text, decimals))
}

function sumOf(name: string, value: Markup, more: Markup): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd><dd class="more">${more}</dd></div>
`
}

/** How many samples a stretch of time has without a gap, as far as it is over and the meter was there. */
function expectedIn({ from, to }: { readonly from: Date; readonly to: Date }, { range }: MeterView): number {
  const first = range === undefined ? 0 : Date.parse(range.first)
  return Math.max(0, Math.floor((Math.min(to.getTime(), Date.now()) - Math.max(from.getTime(), first)) / MINUTE))
}

/** In words where samples are missing, and which came late. */
function listed({ gaps, late }: Stillness): Markup {
  const items = [
    ...gaps.map((gap) => html`<li>No samples ${stretch(gap)}</li>`),
    ...late.map(
      (one) => html`<li>${one.count === 1 ? '1 sample' : `${one.count} samples`} ${stretch(one)} came late</li>`,
    ),
  ]
  if (items.length === 0) return html`<p>No gaps, and nothing came late.</p>`
  const more = items.length - MOST_LISTED
  return html`<ul class="gaps">${items.slice(0, MOST_LISTED)}${more > 0 && html`<li>and ${more} more</li>`}</ul>`
}

function stretch({ from, to }: Stretch): Markup {
  return html`from ${clock(from)} to ${clock(to)}`
}

function clock(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

/** The table of hours, days or months; the bars of the charts are its cells. */
export function figures(view: MeterView, used: readonly Shown[], measured: readonly Shown[]): Markup {
  const { period, rows } = view
  const columns = [
    ...used.map((one) => ({ ...one, key: `${one.column}_used` })),
    ...measured.map((one) => ({ ...one, key: `${one.column}_mean` })),
  ].map((one) => ({ ...one, decimals: decimalsOf(rows.map((row) => row[one.key])) }))
  const byStart = new Map(rows.map((row) => [row.start!, row]))
  const parts = period.parts.flatMap((part) => {
    const { from, to } = part instanceof Period ? part.span : part
    const expected = expectedIn({ from: new Date(from), to: new Date(to) }, view)
    // Nothing is missing before the meter was there, nor of the time to come.
    return expected <= 0 && !byStart.has(from) ? [] : [{ part, row: byStart.get(from), from, expected }]
  })
  const lines = parts.map(({ part, row, from, expected }) => [
    html`<th role="rowheader" scope="row" data-time="${Date.parse(from) / 1000}">${partName(part, view)}</th>`,
    ...columns.map(({ key, decimals }) => {
      const value = row?.[key]
      return value == null
        ? html`–`
        : html`<data value="${value}" class="${key}">${digitsShown(value, decimals)}</data>`
    }),
    samplesOf(Number(row?.samples ?? 0), expected),
  ])
  const heads = columns.map(({ name, unit }) => ({ name: `${name}, ${unit}`, isNumber: true }))
  return table(
    `${PARTS[period.kind]}: what was used, and means`,
    [{ name: PARTS[period.kind], isNumber: false }, ...heads, { name: 'Samples', isNumber: true }],
    lines,
  )
}

const PARTS: Readonly<Record<PeriodKind, string>> = { day: 'Hour', month: 'Day', year: 'Month' }

function samplesOf(samples: number, expected: number): Markup {
  const words = samples.toLocaleString('en')
  if (samples >= expected - 1) return html`${words}`
  return html`<span class="few">${words} of ${expected.toLocaleString('en')}</span>`
}

function partName(part: Period | { readonly from: string }, { device, period }: MeterView): Markup {
  if (!(part instanceof Period)) return html`${clock(Date.parse(part.from))}`
  const words = period.kind === 'year' ? { month: 'long' } : { weekday: 'short', day: 'numeric' }
  const text = part.from.toLocaleDateString('en-GB', words as Intl.DateTimeFormatOptions)
  return html`<a href="${meterPath(device.serial!, part)}">${text}</a>`
}
