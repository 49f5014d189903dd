import { ok } from 'node:assert/strict'
import { parseStoredJob } from '../modules/control/cron/job.js'
import { nextFire } from '../modules/control/cron/schedule.js'
import { localTime, offsetAt, parseZone } from '../modules/control/cron/zone.js'
import { textOf } from './support/text.js'

const DAY = 86_400
const NOW = 1_800_000_000
/** The rarest schedule there is comes again after at most 40 years. */
const EVER = 41 * 366 * DAY
const SCHEDULES = ['0 3 * * * off', '59 23 31 12 * off', '0 0 29 2 1 off', '*/7 * * * * off'].map((text) => {
  const job = parseStoredJob(text)
  if (!job.ok) throw new Error(job.error)
  return job.value.schedule
})

/** A zone that is taken gives a sound local time all year round, and jobs run in it. */
export default function zone(bytes: Uint8Array): void {
  const parsed = parseZone(textOf(bytes))
  if (parsed === undefined) return
  for (let at = NOW; at < NOW + 366 * DAY; at += 11 * DAY) {
    ok(Math.abs(offsetAt(parsed, at)) <= 25 * 3600, 'more than a day from UTC')
    const { minute, hour, day, month, weekday } = localTime(parsed, at)
    ok(minute >= 0 && minute < 60 && hour >= 0 && hour < 24 && day >= 1 && day <= 31)
    ok(month >= 1 && month <= 12 && weekday >= 0 && weekday < 7)
  }
  for (const schedule of SCHEDULES) {
    const next = nextFire(schedule, parsed, NOW, NOW + EVER)
    ok(next !== undefined && next >= NOW)
  }
}
