import { deepEqual, equal, ok } from 'node:assert/strict'
import { type Job, parseJob, parseStoredJob } from '../modules/control/cron/job.js'
import { nextFire } from '../modules/control/cron/schedule.js'
import { parseZone } from '../modules/control/cron/zone.js'
import { textOf } from './support/text.js'

const ZONE = parseZone('CET-1CEST,M3.5.0,M10.5.0/3')!
const UTC = parseZone('UTC0')!
/** 2027-03-28 00:59:30 UTC, right before summer time. */
const NOW = 1_806_195_570
const MINUTES = 200
/** The rarest schedule there is comes again after at most 40 years. */
const EVER = 41 * 366 * 86_400

/** A job that is taken reads back from storage as it was, and it runs at the first time that its schedule names. */
export default function cron(bytes: Uint8Array): void {
  const text = textOf(bytes)
  const stored = parseStoredJob(text)
  if (stored.ok) check(stored.value)
  const job = parseJob(text)
  if (job.ok) check(job.value)
}

function check(job: Job): void {
  ok(job.command.length <= 31 && job.params.length <= 127 && job.text.length <= 5 * 32 + 31 + 1 + 127)
  deepEqual(parseStoredJob(job.text), { ok: true, value: job })
  ok(nextFire(job.schedule, UTC, NOW, NOW + EVER) !== undefined, `never comes: ${job.text}`)
  const next = nextFire(job.schedule, ZONE, NOW, NOW + EVER)
  // Summer time always skips a job for two o'clock on Sunday, 30 March.
  if (next === undefined) return
  ok(next >= NOW && next % 60 === 0)
  equal(nextFire(job.schedule, ZONE, next, next + 60), next)
  for (let at = NOW - (NOW % 60) + 60, left = MINUTES; left > 0 && at < next; left--, at += 60)
    equal(nextFire(job.schedule, ZONE, at, at + 60), undefined)
}
