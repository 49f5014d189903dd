// node only
import { equal } from 'node:assert/strict'
import { localTime, parseZone } from '../../../modules/control/cron/zone.js'

const ZONE = parseZone('CET-1CEST,M3.5.0,M10.5.0/3')!
const HOUR = 3600
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** The time in Denmark as Node's own tables of zones have it. */
const DENMARK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Copenhagen',
  weekday: 'short',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

function theirs(unix: number): string {
  const { weekday, year, month, day, hour, minute } = Object.fromEntries(
    DENMARK.formatToParts(unix * 1000).map(({ type, value }) => [type, value]),
  )
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute}`
}

function ours(unix: number): string {
  const { weekday, year, month, day, hour, minute } = localTime(ZONE, unix)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${WEEKDAYS[weekday]} ${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`
}

describe('the local time of Denmark until 2162', () => {
  it('is the same as Node tells, in the hours around every day that can be the last Sunday of a month', () => {
    for (let year = 2026; year <= 2161; year++) {
      for (const month of [2, 9]) {
        for (let day = 25; day <= 31; day++) {
          const change = Date.UTC(year, month, day, 1) / 1000
          for (const unix of [change - HOUR, change - 1, change, change + HOUR - 1, change + HOUR])
            equal(ours(unix), theirs(unix))
        }
      }
    }
  })

  it('is the same on every day', () => {
    const end = Date.UTC(2162, 1, 7) / 1000
    for (let unix = Date.UTC(2026, 0, 1) / 1000; unix < end; unix += 23 * HOUR) equal(ours(unix), theirs(unix))
  })
})
