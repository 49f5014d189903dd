// node only
import { equal, ok } from 'node:assert/strict'
import { Cron } from 'croner'
import { parseJob } from '../../../modules/control/cron/job.js'
import { nextFire } from '../../../modules/control/cron/schedule.js'
import { parseZone } from '../../../modules/control/cron/zone.js'
import { parts } from '../../support/parts.js'

const FIRST_YEAR = 2026
const YEARS = 10
const ZONE = parseZone('CET-1CEST,M3.5.0,M10.5.0/3')!

/** At 01:00 UTC on these days Danish clocks change. */
function changesOf(year: number): readonly number[] {
  return [lastSunday(year, 2), lastSunday(year, 9)]
}

/** Due in leap years alone. */
const LEAP_DAY = '0 3 29 2 *'

const EXPRESSIONS = [
  '0 * * * *',
  '30 2 * * *',
  '0,15,59 1-3 * * *',
  '5 */6 * * *',
  '0 0 * * *',
  '59 23 31 12 *',
  LEAP_DAY,
  '0 12 13 * 5',
  '10-50/20 2,3 * 3,10 7',
  '0 6 1-7 * 1',
  '45 17 */5 */2 1-5',
  '*/7 2 * * 0',
]

for (const { part, name } of parts(YEARS)) {
  const year = FIRST_YEAR + part

  describe(`the times of jobs in ${year}, ${name},`, () => {
    for (const expression of EXPRESSIONS) {
      it(`${expression} are those of croner, but for the hours in which the clocks change`, () => {
        const mine = ours(expression, year)
        const reference = theirs(expression, year)
        ok((mine.size > 0 && reference.size > 0) || expression === LEAP_DAY)
        const different = [...difference(mine, reference), ...difference(reference, mine)]
        equal(different.filter((time) => !isException(time)).length, 0)
      })
    }

    it('are all minutes whose local time matches, in the days around every change', () => {
      for (const expression of [...EXPRESSIONS, '* * * * *', '*/7 * * * *']) {
        const cron = new Cron(expression, { timezone: 'Europe/Copenhagen', domAndDow: true, paused: true })
        const job = schedule(expression)
        for (const change of changesOf(year)) {
          for (let at = change - 3 * 3600; at < change + 4 * 3600; at += 60)
            equal(nextFire(job, ZONE, at, at + 60) === at, cron.match(new Date(at * 1000)), `${expression} at ${at}`)
        }
      }
    })
  })
}

/**
 * Where we differ from croner, and why: it moves a job of 02:30 to 03:00 on the night without 02:30, and takes a fixed
 * time only once in the night that has it twice. Ours are due when the local clock shows their time, as the original's
 * were; for a valve, opening twice is harmless, and opening at a time nobody asked for is not.
 */
function isException(time: number): boolean {
  return changesOf(new Date(time * 1000).getUTCFullYear()).some((change) => time >= change && time < change + 3600)
}

function schedule(expression: string) {
  const [minute, hour, day, month, weekday] = expression.split(' ')
  const payload = `minute=${minute}&hour=${hour}&day_of_month=${day}&month=${month}&day_of_week=${weekday}&command=open`
  const job = parseJob(payload)
  if (!job.ok) throw new Error(job.error)
  return job.value.schedule
}

function ours(expression: string, year: number): Set<number> {
  const job = schedule(expression)
  const times = new Set<number>()
  const end = start(year + 1)
  for (let at = nextFire(job, ZONE, start(year), end); at !== undefined; at = nextFire(job, ZONE, at + 60, end))
    times.add(at)
  return times
}

function theirs(expression: string, year: number): Set<number> {
  const cron = new Cron(expression, { timezone: 'Europe/Copenhagen', domAndDow: true, paused: true })
  const times = new Set<number>()
  for (let at = cron.nextRun(new Date(start(year) * 1000 - 1)); at !== null; at = cron.nextRun(at)) {
    if (at.getTime() / 1000 >= start(year + 1)) break
    times.add(at.getTime() / 1000)
  }
  return times
}

function difference(one: ReadonlySet<number>, other: ReadonlySet<number>): number[] {
  return [...one].filter((time) => !other.has(time))
}

/** Unix seconds. */
function start(year: number): number {
  return Date.UTC(year, 0, 1) / 1000
}

/** 01:00 UTC on the last Sunday of a month, which has 31 days. */
function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month, 31, 1))
  return last.getTime() / 1000 - last.getUTCDay() * 86_400
}
