import { isDigits, span } from '../../codec/characters.js'

/** A moment within a year: the `week`th `weekday` of `month` (week 5 is the last), seconds after midnight. */
interface Change {
  readonly month: number
  readonly week: number
  readonly weekday: number
  readonly seconds: number
}

/** A time zone: seconds east of UTC, and when it has which. */
export interface Zone {
  readonly standard: number
  readonly summer: number
  readonly start: Change | undefined
  readonly end: Change | undefined
}

export interface LocalTime {
  readonly minute: number
  readonly hour: number
  readonly day: number
  /** 1 to 12. */
  readonly month: number
  readonly year: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** Days since 1970-01-01. */
  readonly days: number
}

const DAY = 86_400
/** Hours of an offset from UTC, and of the time of a change, which may be on one of the days around (RFC 9636, 3.3.1). */
const MAX_OFFSET = 24
const MAX_CHANGE = 167
/** Letters of a zone's name, and characters of an offset behind it. */
const NAME = 'AZaz'
const OFFSET = '09::++--'
const SHORTEST_NAME = 3

/** A POSIX TZ text (IEEE 1003.1, 8.3) with M rules, `CET-1CEST,M3.5.0,M10.5.0/3`; undefined when it is something else. */
export function parseZone(text: string): Zone | undefined {
  const [names = '', first, last, ...others] = text.split(',', 4)
  const name = span(names, 0, NAME)
  const behind = name + span(names, name, OFFSET)
  const standard = offset(names.slice(name, behind))
  if (name < SHORTEST_NAME || standard === undefined) return undefined
  if (first === undefined)
    return behind < names.length
      ? undefined
      : { standard: -standard, summer: -standard, start: undefined, end: undefined }
  const summerName = span(names, behind, NAME)
  if (summerName < SHORTEST_NAME || last === undefined || others.length > 0) return undefined
  const summerOffset = names.slice(behind + summerName)
  const summer = summerOffset === '' ? standard - 3600 : offset(summerOffset)
  const start = change(first)
  const end = change(last)
  if (summer === undefined || start === undefined || end === undefined) return undefined
  return { standard: -standard, summer: -summer, start, end }
}

/** Seconds east of UTC at this unix time. */
export function offsetAt(zone: Zone, unix: number): number {
  const { start, end, standard, summer } = zone
  if (start === undefined || end === undefined) return standard
  const { year } = civil(Math.floor((unix + standard) / DAY))
  const from = changeAt(start, year) - standard
  const to = changeAt(end, year) - summer
  const isSummer = from < to ? unix >= from && unix < to : unix >= from || unix < to
  return isSummer ? summer : standard
}

export function localTime(zone: Zone, unix: number): LocalTime {
  const local = unix + offsetAt(zone, unix)
  const days = Math.floor(local / DAY)
  const rest = local - days * DAY
  return {
    days,
    ...civil(days),
    minute: Math.floor(rest / 60) % 60,
    hour: Math.floor(rest / 3600),
    weekday: weekdayOf(days),
  }
}

/** Unix time at which a local day begins: the first of its minutes that exist. */
export function startOfDay(zone: Zone, days: number): number {
  const east = Math.max(zone.standard, zone.summer)
  const first = days * DAY - east
  return offsetAt(zone, first) === east ? first : days * DAY - Math.min(zone.standard, zone.summer)
}

/** Local seconds since 1970 of a change in this year. */
function changeAt({ month, week, weekday, seconds }: Change, year: number): number {
  const first = daysBefore(year, month)
  let day = first + ((weekday - weekdayOf(first) + 7) % 7) + (week - 1) * 7
  const next = daysBefore(year, month + 1)
  while (day >= next) day -= 7
  return day * DAY + seconds
}

function weekdayOf(days: number): number {
  return (((days + 4) % 7) + 7) % 7
}

/** Days from 1970-01-01 to the first of a month, 13 being January of the next year. Years count from March, so that leap days come last. */
export function daysBefore(year: number, month: number): number {
  if (month > 12) return daysBefore(year + 1, month - 12)
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5)
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

function civil(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const ofEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * ofYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

/** `[+-]hh[:mm[:ss]]` in seconds. */
function offset(text: string): number | undefined {
  const isNegative = text.startsWith('-')
  const value = seconds(isNegative || text.startsWith('+') ? text.slice(1) : text, MAX_OFFSET)
  return isNegative && value !== undefined ? -value : value
}

/** `hh[:mm[:ss]]` in seconds, of at most so many hours. */
function seconds(text: string, maxHours: number): number | undefined {
  const [hours = '', minutes = '00', ofMinute = '00', ...others] = text.split(':', 4)
  if (!isDigits(hours, 3) || !isSixtieth(minutes) || !isSixtieth(ofMinute) || others.length > 0) return undefined
  if (Number(hours) > maxHours) return undefined
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(ofMinute)
}

/** Whether a text is two digits, 00 to 59. */
function isSixtieth(text: string): boolean {
  return text.length === 2 && isDigits(text) && text < '60'
}

/** `Mmonth.week.weekday[/time]`. */
function change(text: string): Change | undefined {
  const [rule = '', time = '2', ...others] = text.split('/', 3)
  const [month = '', week = '', weekday = '', ...more] = rule.slice(1).split('.', 4)
  const at = seconds(time, MAX_CHANGE)
  if (!rule.startsWith('M') || others.length > 0 || more.length > 0 || at === undefined) return undefined
  if (!isIn(month, 2, 1, 12) || !isIn(week, 1, 1, 5) || !isIn(weekday, 1, 0, 6)) return undefined
  return { month: Number(month), week: Number(week), weekday: Number(weekday), seconds: at }
}

/** Whether a text is a number from `min` to `max`, with so many digits at most. */
function isIn(text: string, digits: number, min: number, max: number): boolean {
  return isDigits(text, digits) && Number(text) >= min && Number(text) <= max
}
