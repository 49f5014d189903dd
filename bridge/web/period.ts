import type { Span } from '../store/figures.js'
import { instantText } from '../store/times.js'

export const KINDS = ['day', 'month', 'year'] as const
export type PeriodKind = (typeof KINDS)[number]

const HOUR = 3_600_000

/** This firmware did not exist before 2026, so no sample is older. Nobody looks beyond the last year. */
const FIRST_YEAR = 2026
const LAST_YEAR = 2999

/** A day, a month or a year of the zone of this computer. */
export class Period {
  readonly kind: PeriodKind
  readonly from: Date
  readonly to: Date

  private constructor(kind: PeriodKind, year: number, month: number, day: number) {
    this.kind = kind
    this.from = new Date(year, month, day)
    this.to =
      kind === 'day'
        ? new Date(year, month, day + 1)
        : kind === 'month'
          ? new Date(year, month + 1, 1)
          : new Date(year + 1, 0, 1)
  }

  /** The period that an instant is in. */
  static at(kind: PeriodKind, date: Date): Period {
    return new Period(
      kind,
      date.getFullYear(),
      kind === 'year' ? 0 : date.getMonth(),
      kind === 'day' ? date.getDate() : 1,
    )
  }

  /** `2026-11-27`, `2026-11` or `2026`; undefined of another text, and of a date that is not in the calendar. */
  static parse(kind: PeriodKind, text: string): Period | undefined {
    const [, year = '', month = '01', day = '01'] = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(text) ?? []
    if (Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return undefined
    const period = new Period(kind, Number(year), Number(month) - 1, Number(day))
    return period.name === text ? period : undefined
  }

  /** As `parse` reads it. */
  get name(): string {
    const two = (value: number) => String(value).padStart(2, '0')
    const parts = [String(this.from.getFullYear()), two(this.from.getMonth() + 1), two(this.from.getDate())]
    return parts.slice(0, 3 - KINDS.indexOf(this.kind)).join('-')
  }

  /** As people write it. */
  get title(): string {
    const words = {
      day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
      month: { month: 'long', year: 'numeric' },
      year: { year: 'numeric' },
    } as const
    return this.from.toLocaleDateString('en-GB', words[this.kind])
  }

  get previous(): Period {
    return Period.at(this.kind, new Date(this.from.getTime() - HOUR / 2))
  }

  get next(): Period {
    return Period.at(this.kind, this.to)
  }

  holds(instant: number): boolean {
    return instant >= this.from.getTime() && instant < this.to.getTime()
  }

  get span(): Span {
    return { from: textOf(this.from), to: textOf(this.to) }
  }

  /** The hours of a day, of which summer time makes 23 or 25; the days of a month; the months of a year. */
  get parts(): readonly Period[] | readonly Span[] {
    if (this.kind === 'day') return this.hours
    return this.#periods(this.kind === 'month' ? 'day' : 'month')
  }

  /** The hours of a day or a month, the days of a year. */
  get points(): readonly Span[] {
    return this.kind === 'year' ? this.#periods('day').map(({ span }) => span) : this.hours
  }

  get hours(): readonly Span[] {
    const spans: Span[] = []
    for (let time = this.from.getTime(); time < this.to.getTime(); time += HOUR)
      spans.push({ from: textOf(new Date(time)), to: textOf(new Date(Math.min(time + HOUR, this.to.getTime()))) })
    return spans
  }

  #periods(kind: PeriodKind): readonly Period[] {
    const periods: Period[] = []
    for (let next = Period.at(kind, this.from); next.from < this.to; next = next.next) periods.push(next)
    return periods
  }
}

function textOf(date: Date): string {
  return instantText(date.getTime() / 1000)
}
