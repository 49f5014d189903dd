import { MINUTE_COLUMNS, type Span } from '../store/figures.js'
import { PERIOD_COLUMNS } from '../store/period-row.js'
import type { Row } from '../store/store.js'
import { instantText } from '../store/times.js'
import { csvLine, csvRows } from './csv.js'
import { devicesPage } from './devices-page.js'
import { HEALTH_COLUMNS, type HealthOptions, type Known, known, knownDevices, withSamples } from './health.js'
import { problemPage } from './layout.js'
import { html } from './markup.js'
import { meterPage } from './meter-page.js'
import { meterPath } from './paths.js'
import { KINDS, Period, type PeriodKind } from './period.js'
import { stillnessOf } from './stillness.js'
import { TO_COME } from './words.js'

/** Rows that are read at a time, so that nothing else waits for long. */
const ROWS = 2_000
/** Samples of a day that are looked at for gaps; a meter that tells every minute has 1,440. */
const MOST_A_DAY = 10_000
const DEVICES = 100

export type Answer =
  | { readonly status: number; readonly page: string }
  | { readonly location: string }
  | { readonly csv: AsyncIterable<string>; readonly name: string }

const HOME = ['/', 'All meters'] as const

/** What there is to see, by its path. */
export class Site {
  #options: HealthOptions

  constructor(options: HealthOptions) {
    this.#options = options
  }

  /** @param path of the URL, not decoded */
  async answer(path: string, query: URLSearchParams): Promise<Answer> {
    if (path === '/') return { status: 200, page: await devicesPage(this.#options, query) }
    if (path === '/devices.csv') return { csv: this.#devices(), name: 'devices.csv' }
    const [, encoded, kindText, rest] = /^\/meter\/([^/]+)(?:\/([a-z]+)\/([^/]+))?$/.exec(path) ?? []
    const serial = encoded === undefined ? undefined : decoded(encoded)
    if (serial === undefined) return missing('There is no such page', 'It may have been spelt otherwise.')
    const device = await this.#device(serial)
    if (device === undefined)
      return missing('No such meter', html`Nothing was heard of the meter <bdi>${serial}</bdi> yet. ${TO_COME}`)
    if (kindText === undefined) return this.#chosen(device, query)
    const [, name = '', csv] = /^(.*?)(\.csv)?$/.exec(rest!)!
    const kind = KINDS.find((one) => one === kindText)
    const period = kind && Period.parse(kind, name)
    if (period === undefined) return noDate(device, `${kindText}/${rest}`)
    return csv === undefined ? this.#meter(device, period) : this.#csv(device, period)
  }

  async #device(serial: string): Promise<Known | undefined> {
    const { figures, register, silent } = this.#options
    const row = await figures.device(serial)
    return row === undefined ? undefined : known(row, register?.find(serial)?.name, silent)
  }

  /** The newest day, or the period that the form asks for. */
  async #chosen(device: Known, query: URLSearchParams): Promise<Answer> {
    const date = query.get('date')
    if (date === null) {
      const range = await this.#options.figures.range(device.serial!)
      return { location: meterPath(device.serial!, Period.at('day', range ? new Date(range.last) : new Date())) }
    }
    const kind = KINDS.find((one) => one === query.get('by')) ?? 'day'
    const day = Period.parse('day', date)
    return day === undefined ? noDate(device, date) : { location: meterPath(device.serial!, Period.at(kind, day.from)) }
  }

  async #meter(device: Known, period: Period): Promise<Answer> {
    const { figures } = this.#options
    const serial = device.serial!
    const range = await figures.range(serial)
    const periods = await figures.periods(serial, spansOf(period))
    const [rows, all] = [periods.rows, periods.all()]
    const view = { device, period, rows, all, range, stillness: undefined }
    if (period.kind !== 'day' || all === undefined) return { status: 200, page: meterPage(view) }
    const arrivals = await this.#arrivals(serial, period, all)
    if (arrivals === undefined) return { status: 200, page: meterPage(view) }
    // Nothing is missing before the meter was there.
    const from = Math.max(period.from.getTime(), range === undefined ? 0 : Date.parse(range.first))
    const stillness = stillnessOf(arrivals, { from, to: Math.min(period.to.getTime(), Date.now()) })
    return { status: 200, page: meterPage({ ...view, stillness }) }
  }

  /** The samples of a day; undefined when some are not kept any more, which leave only their hours behind. */
  async #arrivals(serial: string, { span }: Period, all: Row): Promise<readonly Row[] | undefined> {
    const arrivals = await this.#options.figures.arrivals(serial, span, MOST_A_DAY)
    return arrivals.length < Math.min(Number(all.samples), MOST_A_DAY) ? undefined : arrivals
  }

  async #csv(device: Known, period: Period): Promise<Answer> {
    const serial = device.serial!
    const name = `${serial.replace(/[^a-zA-Z0-9]/g, '_')}-${period.name}.csv`
    const all = period.kind === 'day' ? (await this.#options.figures.periods(serial, [period.span])).all() : undefined
    const hasMinutes = all !== undefined && (await this.#arrivals(serial, period, all)) !== undefined
    return { csv: hasMinutes ? this.#minutes(serial, period.span) : this.#points(serial, period), name }
  }

  async *#minutes(serial: string, { from, to }: Span): AsyncIterable<string> {
    yield csvLine(MINUTE_COLUMNS)
    for (let next = from; ; ) {
      const rows = await this.#options.figures.minutes(serial, { from: next, to }, ROWS)
      yield csvRows(MINUTE_COLUMNS, rows)
      if (rows.length < ROWS) return
      next = instantText(Date.parse(rows.at(-1)!.time!) / 1000 + 1)
    }
  }

  async *#points(serial: string, period: Period): AsyncIterable<string> {
    yield csvLine(PERIOD_COLUMNS)
    const { rows } = await this.#options.figures.periods(serial, period.points)
    yield csvRows(PERIOD_COLUMNS, rows)
  }

  async *#devices(): AsyncIterable<string> {
    yield csvLine(HEALTH_COLUMNS)
    const devices = await knownDevices(this.#options)
    for (let i = 0; i < devices.length; i += DEVICES)
      yield csvRows(HEALTH_COLUMNS, await withSamples(this.#options.figures, devices.slice(i, i + DEVICES)))
  }
}

function spansOf(period: Period): readonly Span[] {
  return period.parts.map((part) => (part instanceof Period ? part.span : part))
}

function decoded(text: string): string | undefined {
  try {
    const serial = decodeURIComponent(text)
    // PostgreSQL has no such character in a text.
    return serial.includes('\0') ? undefined : serial
  } catch {
    return undefined
  }
}

function missing(title: string, text: Parameters<typeof problemPage>[1]): Answer {
  return { status: 404, page: problemPage(title, text, [HOME]) }
}

function noDate(device: Known, text: string): Answer {
  const ways = KINDS.map((kind: PeriodKind) => {
    const now = Period.at(kind, new Date())
    return [meterPath(device.serial!, now), now.title] as const
  })
  const example = 'Expected day/2026-11-27, month/2026-11 or year/2026.'
  return {
    status: 404,
    page: problemPage('No such date', html`There is no <bdi>${text}</bdi>. ${example}`, [...ways, HOME]),
  }
}
