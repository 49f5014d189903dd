import { failure, type Result, success } from '../../codec/result.js'
import { type Field, isPossible, parseField, parseWeekday, type Schedule } from './schedule.js'

/** A command at its times. */
export interface Job {
  readonly schedule: Schedule
  readonly command: string
  readonly params: string
  /** The job as it is stored: five fields, the command and `=params`. */
  readonly text: string
}

const FIELDS = Object.freeze(['minute', 'hour', 'day_of_month', 'month', 'day_of_week'] as const)
const RANGES = Object.freeze(['0 to 59', '0 to 23', '1 to 31', '1 to 12', '0 to 7'] as const)
const MAX_FIELD = 31
const MAX_COMMAND = 31
const MAX_PARAMS = 127

/**
 * A job of a `set_cron` payload: `minute=..&hour=..&day_of_month=..&month=..&day_of_week=..&command=<name>[=<params>]`.
 * The command comes last, its parameters may hold anything. A field that is missing or empty matches always. The error
 * names the field that cannot be read.
 */
export function parseJob(payload: string): Result<Job> {
  const fields = FIELDS.map(() => '*')
  const isGiven: boolean[] = []
  let rest = payload
  while (!rest.startsWith('command=')) {
    const end = rest.indexOf('&')
    if (end < 0) return failure('command: missing; it must come last')
    const pair = rest.slice(0, end)
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    const field = (FIELDS as readonly string[]).indexOf(name)
    if (field < 0 || equals < 0) return failure(`${name}: not a field; there are ${FIELDS.join(', ')}, command`)
    if (isGiven[field]) return failure(`${name}: given twice`)
    isGiven[field] = true
    fields[field] = pair.slice(equals + 1) || '*'
    rest = rest.slice(end + 1)
  }
  return makeJob(fields, rest.slice('command='.length))
}

/** A job as `Job.text` has it. */
export function parseStoredJob(text: string): Result<Job> {
  const fields = text.split(' ', FIELDS.length)
  return makeJob(fields, text.slice(fields.join(' ').length + 1))
}

function makeJob(fields: readonly string[], call: string): Result<Job> {
  const parsed: Field[] = []
  for (let i = 0; i < FIELDS.length; i++) {
    const text = fields[i] ?? ''
    const field = text.length > MAX_FIELD ? undefined : parse(i, text)
    if (field === undefined) return failure(`${FIELDS[i]}: expected ${RANGES[i]} as in crontab, got "${text}"`)
    parsed.push(field)
  }
  const [minute, hour, day, month, weekday] = parsed as [Field, Field, Field, Field, Field]
  const equals = call.indexOf('=')
  const command = equals < 0 ? call : call.slice(0, equals)
  const params = call.slice(command.length + 1)
  if (command.length < 1 || command.length > MAX_COMMAND) return failure('command: expected a name')
  if (params.length > MAX_PARAMS)
    return failure(`params: expected at most ${MAX_PARAMS} characters, got ${params.length}`)
  const schedule = { minute, hour, day, month, weekday }
  if (!isPossible(schedule)) return failure(`times: day ${fields[2]} never comes in month ${fields[3]}`)
  return success({ schedule, command, params, text: `${fields.join(' ')} ${call}` })
}

function parse(i: number, text: string): ReturnType<typeof parseField> {
  switch (FIELDS[i]) {
    case 'minute':
      return parseField(text, 0, 59)
    case 'hour':
      return parseField(text, 0, 23)
    case 'day_of_month':
      return parseField(text, 1, 31)
    case 'month':
      return parseField(text, 1, 12)
    default:
      return parseWeekday(text)
  }
}
