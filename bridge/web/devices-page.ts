import { EXPECTED, type Health, type HealthOptions, knownDevices, withSamples } from './health.js'
import { page, table } from './layout.js'
import { html, type Markup } from './markup.js'
import { meterPath } from './paths.js'
import { instantShown, TO_COME } from './words.js'

/** Devices on a page. */
const PAGE = 100

const COLUMNS = [
  { name: 'Meter', isNumber: false },
  { name: 'State', isNumber: false },
  { name: 'Last seen', isNumber: false },
  { name: `Samples of ${EXPECTED.toLocaleString('en')} in 24 h`, isNumber: true },
  { name: 'Valve', isNumber: false },
  { name: 'Version', isNumber: false },
  { name: 'Signal, dBm', isNumber: true },
]

/** All devices and how they are. @param query of the URL: `find` and `page` */
export async function devicesPage(options: HealthOptions, query: URLSearchParams): Promise<string> {
  const find = query.get('find')?.slice(0, 100) ?? ''
  const devices = await knownDevices(options, find)
  const pages = Math.max(1, Math.ceil(devices.length / PAGE))
  const at = Math.min(pages, Math.max(1, Math.trunc(Number(query.get('page'))) || 1))
  const shown = await withSamples(options.figures, devices.slice((at - 1) * PAGE, at * PAGE))
  const offline = devices.filter(({ online }) => online === 'offline').length
  const to = (number: number) => `/?${new URLSearchParams({ ...(find !== '' && { find }), page: String(number) })}`
  return page({
    title: 'All meters',
    live: '/live',
    main: html`<h1>All meters</h1>
<form class="find" role="search"><label for="find">Number or name</label>
<input id="find" name="find" type="search" value="${find}" autocomplete="off"><button>Find</button></form>
<div data-fresh="devices">
<p>${devices.length === 0 ? none(find) : html`${counted(devices.length)}, ${offline === 0 ? 'all online' : `${offline} offline`}.`}</p>
${shown.length > 0 && table('All meters and how they are', COLUMNS, shown.map(row))}
${
  pages > 1 &&
  html`<nav class="pages" aria-label="Pages">${at > 1 && html`<a href="${to(at - 1)}">Previous</a>`}
<span>Page ${at} of ${pages}</span>${at < pages && html`<a href="${to(at + 1)}">Next</a>`}</nav>`
}
</div>
<p><a href="/devices.csv" download>All meters as CSV</a></p>`,
  })
}

function none(find: string): string {
  return find === '' ? `No meter yet. ${TO_COME}` : 'No meter has that in its number or name.'
}

function counted(count: number): string {
  return count === 1 ? '1 meter' : `${count.toLocaleString('en')} meters`
}

function row(device: Health): readonly Markup[] {
  const { serial, name, online, last_seen, samples, valve, version, rssi_dbm } = device
  const words = html`${name !== null && html`<bdi>${name}</bdi> <small>`}<bdi class="serial">${serial!}</bdi>${name !== null && html`</small>`}`
  return [
    html`<th role="rowheader" scope="row">${last_seen === null ? words : html`<a href="${meterPath(serial!)}">${words}</a>`}</th>`,
    html`<span class="state ${online!}">${online!}</span>`,
    last_seen === null ? html`never` : instantShown(last_seen),
    html`${Number(samples).toLocaleString('en')}`,
    html`${valve ?? '–'}`,
    html`<bdi>${version ?? '–'}</bdi>`,
    html`${rssi_dbm === null ? '–' : rssi_dbm.replace('-', '−')}`,
  ]
}
