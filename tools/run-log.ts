import { appendFileSync, existsSync, truncateSync } from 'node:fs'
import { UsageError, unwritable } from './errors.js'
import { fileText } from './lines.js'

/** Bytes of the longest log. */
const MOST = 64 * 1024 * 1024

/** What is done on a device: what tells it from other things, and what a reader of the log wants to know. */
export interface Job {
  readonly sha256: string
  readonly [field: string]: string
}

/** How something has ended on each device, one JSON object per line, so that another run can go on with it. */
export class RunLog {
  #path: string | undefined
  #jobOf: (serial: string) => Job
  /** The job whose last entry for a device is a good one, by serial number and hash. */
  #good: ReadonlySet<string>

  /**
   * Opens a log, or begins it. Throws `UsageError` when the file is none.
   * @param path undefined for no log
   * @param command the one that writes such logs
   */
  constructor(path: string | undefined, command: string, jobOf: (serial: string) => Job) {
    this.#path = path
    this.#jobOf = jobOf
    this.#good = path !== undefined && existsSync(path) ? goodIn(path, command) : new Set()
    // Better now than after the first device.
    if (path !== undefined) append(path, '')
  }

  /** Whether the job was good on the device in a run before. */
  isGood(serial: string): boolean {
    return this.#good.has(entryKey(serial, this.#jobOf(serial).sha256))
  }

  /** @param outcome its state is `good` where the device need not be told again */
  write(serial: string, outcome: { readonly state: string; readonly reason?: string }): void {
    if (this.#path === undefined) return
    const entry = { time: new Date().toISOString(), serial, ...this.#jobOf(serial), ...outcome }
    append(this.#path, `${JSON.stringify(entry)}\n`)
  }
}

function entryKey(serial: string, sha256: string): string {
  return `${serial} ${sha256}`
}

function append(path: string, text: string): void {
  try {
    appendFileSync(path, text)
  } catch (error) {
    throw unwritable(error, path, '--log')
  }
}

/** The devices and jobs whose last entry is a good one. A line without an end was cut off and goes. */
function goodIn(path: string, command: string): ReadonlySet<string> {
  const text = fileText(path, '--log', MOST)
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const good = new Set<string>()
  for (const [i, line] of whole.split('\n').slice(0, -1).entries()) {
    const entry = entryOf(line)
    if (entry === undefined) throw new UsageError(`${path}: line ${i + 1}: is none of a log of ${command}`)
    const key = entryKey(entry.serial, entry.sha256)
    if (entry.state === 'good') good.add(key)
    else good.delete(key)
  }
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole))
  return good
}

function entryOf(
  line: string,
): { readonly serial: string; readonly sha256: string; readonly state: string } | undefined {
  try {
    const { serial, sha256, state } = JSON.parse(line)
    return [serial, sha256, state].every((one) => typeof one === 'string') ? { serial, sha256, state } : undefined
  } catch {
    return undefined
  }
}
