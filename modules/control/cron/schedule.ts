import { daysBefore, localTime, startOfDay, type Zone } from './zone.js'

/** Which values of a field match, one bit each: 0 to 29 and 30 to 59. */
export interface Field {
  readonly low: number
  readonly high: number
}

/** When a job is due: all five must match. */
export interface Schedule {
  readonly minute: Field
  readonly hour: Field
  readonly day: Field
  readonly month: Field
  readonly weekday: Field
}

const HALF = 30

/**
 * One field as crontab(5) has it: `*`, numbers, ranges, steps and lists of them; empty is `*`.
 * Undefined when it is anything else or out of range.
 */
export function parseField(text: string, min: number, max: number): Field | undefined {
  const field = { low: 0, high: 0 }
  if (text === '' || text === '*') {
    add(field, min, max, 1)
    return field
  }
  for (const part of text.split(',')) {
    const only = numberOf(part)
    if (only >= min && only <= max) {
      add(field, only, only, 1)
      continue
    }
    const [range = '', every, ...others] = part.split('/', 3)
    const [first = '', last, ...more] = range === '*' ? [String(min), String(max)] : range.split('-', 3)
    const from = numberOf(first)
    // `5/15` counts on from 5 to the end, as every cron with steps has it.
    const to = last !== undefined ? numberOf(last) : every === undefined ? from : max
    const step = every === undefined ? 1 : numberOf(every)
    const isRange = from >= min && to <= max && from <= to && step >= 1
    if (!isRange || others.length > 0 || more.length > 0) return undefined
    add(field, from, to, step)
  }
  return field
}

/** One or two digits; NaN, which lies in no range, for anything else. */
function numberOf(text: string): number {
  if (text === '' || text.length > 2) return Number.NaN
  let value = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = 10 * value + digit
  }
  return value
}

function add(field: { low: number; high: number }, from: number, to: number, step: number): void {
  for (let value = from; value <= to; value += step) {
    if (value < HALF) field.low |= 1 << value
    else field.high |= 1 << (value - HALF)
  }
}

/** Day of the week: 0 to 7, where 0 and 7 are Sunday. */
export function parseWeekday(text: string): Field | undefined {
  const field = parseField(text, 0, 7)
  return field && { low: (field.low | (field.low >> 7)) & 0x7f, high: 0 }
}

function matches(field: Field, value: number): boolean {
  return ((value < HALF ? field.low >> value : field.high >> (value - HALF)) & 1) !== 0
}

/**
 * Unix time of the first minute at or after `unix` and before `end` that the schedule matches in the zone; undefined when
 * none does. Local times that summer time leaves out do not come, those that it repeats come twice. The rarest schedule,
 * 29 February on one weekday, may not come for 40 years, and looking so far takes thousands of steps.
 */
export function nextFire(schedule: Schedule, zone: Zone, unix: number, end: number): number | undefined {
  let at = Math.ceil(unix / 60) * 60
  while (at < end) {
    const local = localTime(zone, at)
    if (!matches(schedule.month, local.month)) at = startOfDay(zone, daysBefore(local.year, local.month + 1))
    else if (!matches(schedule.day, local.day) || !matches(schedule.weekday, local.weekday))
      at = startOfDay(zone, local.days + 1)
    else if (!matches(schedule.hour, local.hour)) at += (60 - local.minute) * 60
    else if (!matches(schedule.minute, local.minute)) at += 60
    else return at
  }
  return undefined
}

const LONGEST_MONTHS = Object.freeze([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

/** Whether the day of the month exists in one of the months: the 31st of February does not. */
export function isPossible({ day, month }: Schedule): boolean {
  for (let m = 1; m <= 12; m++) {
    if (!matches(month, m)) continue
    for (let d = 1; d <= LONGEST_MONTHS[m - 1]!; d++) if (matches(day, d)) return true
  }
  return false
}
