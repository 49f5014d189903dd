import { failure, type Result, success } from '../../codec/result.js'
import type { Clock, Timer } from '../../ports/clock.js'
import type { SettingsStore } from '../../storage/settings-store.js'
import type { WallClock } from '../../time/wall-clock.js'
import { type Job, parseJob, parseStoredJob } from './job.js'
import { nextFire } from './schedule.js'
import { parseZone, type Zone } from './zone.js'

export interface CronOptions {
  readonly clock: Clock
  readonly settings: SettingsStore
  readonly wallClock: Pick<WallClock, 'exact'>
  /** Names of the commands that a job can do. */
  readonly commands: readonly string[]
}

/** What does the jobs. An object, because closures would take more RAM. */
export interface CronHost {
  runJob(command: string, params: string): void
  /** Does this soon, in a turn of its own, after what was given to it before. */
  act(step: () => void): void
}

const MAX_JOBS = 16
const UTC: Zone = Object.freeze({ standard: 0, summer: 0, start: undefined, end: undefined })

/**
 * Timers run at most this long, so that a clock that is corrected meanwhile is looked at again; and no further is looked
 * ahead, which for sixteen jobs would hold up everything else.
 */
const LONGEST_WAIT = 120
const LONGEST_CORRECTION = 3600

/**
 * The jobs, in the order they were set, and the one timer for the next that is due. A minute is taken at its beginning
 * or not at all: nothing is made up for after an outage, and none comes twice when the clock is put back a little.
 */
export class Cron {
  #options: CronOptions
  #host: CronHost
  #zone: Zone
  #jobs: Job[] | undefined
  #timer: Timer | undefined
  #lastMinute = 0

  constructor(options: CronOptions, host: CronHost) {
    this.#options = options
    this.#host = host
    this.#zone = parseZone(options.settings.values.zone) ?? UTC
  }

  get count(): number {
    return this.#list().length
  }

  /** Adds the job of a payload, unless it is there already. Refuses what it cannot read or do, and the seventeenth. */
  add(payload: string): Result<void> {
    const job: Result<Job> = parseJob(payload)
    if (!job.ok) return job
    const { command, text } = job.value
    const { commands } = this.#options
    if (!commands.includes(command))
      return failure(`command: no job can do "${command}"; there are ${commands.join(', ')}`)
    const jobs = this.#list()
    if (jobs.some((known) => known.text === text)) return success(undefined)
    if (jobs.length === MAX_JOBS) return failure(`there are ${MAX_JOBS} jobs already`)
    jobs.push(job.value)
    this.#store(jobs)
    return success(undefined)
  }

  clear(): void {
    this.#jobs = []
    this.#store(this.#jobs)
  }

  /** To be called when the clock was set: waits for what is due next. */
  wait(): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    const now = this.#options.wallClock.exact()
    if (now === undefined) return
    if (this.#jobs === undefined) {
      // To read sixteen jobs and to look for their times is too much for one turn.
      if (this.count > 0) this.#timer = this.#options.clock.set(() => this.wait(), 0)
      return
    }
    if (this.count === 0) return
    const due = this.#nextMinute(now)
    const wait = due === undefined ? LONGEST_WAIT : Math.min(due - now, LONGEST_WAIT)
    this.#timer = this.#options.clock.set(() => this.#onTimer(due), wait * 1000)
  }

  stop(): void {
    this.#options.clock.clear(this.#timer)
  }

  #onTimer(due: number | undefined): void {
    const now = this.#options.wallClock.exact()
    if (now !== undefined && due !== undefined && now >= due && now < due + 60) this.#runMinute(due)
    this.wait()
  }

  #runMinute(minute: number): void {
    this.#lastMinute = minute
    const jobs = this.#list()
    for (const job of jobs) {
      if (nextFire(job.schedule, this.#zone, minute, minute + 60) === undefined) continue
      this.#host.act(() => {
        // A job before it may have cleared the table.
        if (jobs === this.#jobs) this.#host.runJob(job.command, job.params)
      })
    }
  }

  /** The next that is due, of those that are not too far away. */
  #nextMinute(now: number): number | undefined {
    // A clock that was put back further than this was wrong before: its minutes count for nothing.
    const taken = this.#lastMinute + 60 - now < LONGEST_CORRECTION ? this.#lastMinute + 60 : 0
    const from = Math.max(now, taken)
    let next: number | undefined
    for (const job of this.#list()) next = nextFire(job.schedule, this.#zone, from, next ?? now + LONGEST_WAIT) ?? next
    return next
  }

  #store(jobs: readonly Job[]): void {
    this.#options.settings.updateLater({ cron: jobs.map((job) => job.text) })
    this.wait()
  }

  /** Reads the stored jobs when they are first needed: the start has enough to read. */
  #list(): Job[] {
    if (this.#jobs !== undefined) return this.#jobs
    const jobs: Job[] = []
    for (const text of this.#options.settings.values.cron) {
      const job = parseStoredJob(text)
      if (job.ok) jobs.push(job.value)
    }
    this.#jobs = jobs
    return jobs
  }
}
