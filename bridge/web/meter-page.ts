import type { Known } from './health.js'
import { page, zone } from './layout.js'
import { html, type Markup } from './markup.js'
import { figures, type MeterView, summary } from './meter-figures.js'
import { meterPath } from './paths.js'
import { KINDS, Period, type PeriodKind } from './period.js'
import { type Chart, chartsOf, shownIn } from './quantities.js'
import { instantShown, TO_COME } from './words.js'

/** A meter's day, month or year. */
export function meterPage(view: MeterView): string {
  const { device, period, rows, all } = view
  const { used, measured } = shownIn(rows)
  const title = device.name ?? `Meter ${device.serial}`
  const isNow = period.holds(Date.now())
  const points = POINTS[view.stillness === undefined ? period.kind : 'sample']
  return page({
    title: `${title}, ${period.title}`,
    live: isNow ? `/live?serial=${encodeURIComponent(device.serial!)}` : undefined,
    main: html`<h1><bdi>${title}</bdi></h1>
<div data-fresh="state">${state(device)}</div>
${ways(view)}
${
  all === undefined
    ? nothing(view)
    : html`<div data-fresh="summary">${summary(all, used, measured, view)}</div>
<ul id="marks" class="key" hidden><li class="gap">no samples</li>${view.stillness && html`<li class="late">came late</li>`}</ul>
${period.kind === 'day' && view.stillness === undefined && html`<p>The samples of this day are not kept any more; their hours are.</p>`}
${chartsOf(used, measured).map((one) => chart(one, view.stillness !== undefined))}
<div data-fresh="figures">${figures(view, used, measured)}</div>
<p><a id="csv" href="${meterPath(device.serial!, period)}.csv" download data-from="${seconds(period.from)}" data-to="${seconds(period.to)}" data-since="${since(view)}"
 data-kind="${period.kind}" data-gap="${points.gap}" data-zone="${zone()}">Every ${points.name} as CSV</a></p>`
}`,
  })
}

/** What a chart has a point for, and seconds between two of them that are more than one apart. */
const POINTS = {
  sample: { name: 'sample', gap: 150 },
  day: { name: 'hour', gap: 1.5 * 3600 },
  month: { name: 'hour', gap: 1.5 * 3600 },
  year: { name: 'day', gap: 1.5 * 86_400 },
} as const

function state({ serial, name, online, last_seen, valve, version, rssi_dbm }: Known): Markup {
  return html`<p class="facts"><span class="state ${online!}">${online!}</span>
${name !== null && html`<span>Meter <bdi>${serial!}</bdi></span>`}
${last_seen !== null && html`<span>seen ${instantShown(last_seen)}</span>`}
${valve !== null && html`<span>valve ${valve}</span>`}
${version !== null && html`<span><bdi>${version}</bdi></span>`}
${rssi_dbm !== null && html`<span>${rssi_dbm.replace('-', '−')} dBm</span>`}</p>`
}

/** Day, month or year, the one before and after, and a date to go to. */
function ways({ device, period, range }: MeterView): Markup {
  const to = (other: Period) => meterPath(device.serial!, other)
  const { previous, next } = period
  const hasPrevious = range !== undefined && Date.parse(range.first) < period.from.getTime()
  const hasNext = range !== undefined && Date.parse(range.last) >= period.to.getTime()
  const middle = period.holds(Date.now()) ? new Date() : period.from
  return html`<nav class="ways" aria-label="Period">
<ul class="kinds">${KINDS.map(
    (kind) =>
      html`<li><a href="${to(Period.at(kind, middle))}"${kind === period.kind && html` aria-current="page"`}>${TITLES[kind]}</a></li>`,
  )}</ul>
<div class="turn">${hasPrevious ? html`<a rel="prev" href="${to(previous)}"><span class="unseen">Previous: ${previous.title}</span></a>` : html`<span></span>`}
<h2>${period.title}</h2>
${hasNext ? html`<a rel="next" href="${to(next)}"><span class="unseen">Next: ${next.title}</span></a>` : html`<span></span>`}</div>
<form action="${meterPath(device.serial!)}"><label for="date">Go to</label>
<input id="date" name="date" type="date" required value="${Period.at('day', period.from).name}"><input name="by" type="hidden" value="${period.kind}"><button>Go</button></form>
</nav>`
}

const TITLES: Readonly<Record<PeriodKind, string>> = { day: 'Day', month: 'Month', year: 'Year' }

function nothing({ device, period, range }: MeterView): Markup {
  const words = { day: 'on this day', month: 'in this month', year: 'in this year' }[period.kind]
  if (range === undefined)
    return html`<p class="note">No samples ${words}: this meter has sent none yet. ${TO_COME}</p>`
  const [first, last] = [range.first, range.last].map((instant) => Period.at(period.kind, new Date(instant)))
  return html`<p class="note">No samples ${words}. The first are of <a href="${meterPath(device.serial!, first)}">${first!.title}</a>, the
last of <a href="${meterPath(device.serial!, last)}">${last!.title}</a>.</p>`
}

/** The place of a chart. Its figures are in the table, and the browser draws it. */
function chart({ title, quantities, isUsed }: Chart, hasSamples: boolean): Markup {
  const suffix = isUsed ? '_used' : hasSamples ? '' : '_mean'
  const columns = quantities.map(({ column }) => column + suffix)
  const names = quantities.map(({ name }) => name)
  const unit = quantities[0]!.unit
  return html`<figure class="chart" hidden data-columns="${columns.join(' ')}" data-names="${names.join('|')}" data-unit="${unit}"
 data-title="${title}"${isUsed && html` data-bars`}>
<figcaption><h3>${title}, ${unit}</h3>${
    names.length > 1 && html`<ul class="key">${names.map((name, i) => html`<li class="s${i}">${name}</li>`)}</ul>`
  }</figcaption>
<div class="plot"></div><p class="readout" aria-hidden="true"></p></figure>
`
}

/** Where the period begins, or within it the meter. */
function since({ period, range }: MeterView): number {
  return Math.max(seconds(period.from), range === undefined ? 0 : seconds(new Date(range.first)))
}

function seconds(date: Date): number {
  return date.getTime() / 1000
}
