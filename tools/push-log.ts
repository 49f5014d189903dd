import { appendFileSync, existsSync, truncateSync } from 'node:fs'
import type { Outcome } from './device-update.js'
import { UsageError } from './errors.js'
import { fileText } from './lines.js'

/** Bytes of the longest log. */
const MOST = 64 * 1024 * 1024

/** The image that is rolled out. */
interface Pushed {
  readonly version: string
  readonly sha256: string
}

/** How a roll-out has ended on each device, a JSON object a line, so that another run can go on with it. */
export class PushLog {
  #path: string | undefined
  #pushed: Pushed
  #good: ReadonlySet<string>

  /** Opens a log, or begins it. Throws `UsageError` when the file is none. @param path undefined for no log */
  constructor(path: string | undefined, { version, sha256 }: Pushed) {
    this.#path = path
    this.#pushed = { version, sha256 }
    this.#good = path !== undefined && existsSync(path) ? goodIn(path, sha256) : new Set()
    // Better now than after the first device.
    if (path !== undefined) append(path, '')
  }

  /** Whether the device was good with this image in a run before. */
  isGood(serial: string): boolean {
    return this.#good.has(serial)
  }

  write(serial: string, outcome: Outcome): void {
    if (this.#path === undefined) return
    const entry = { time: new Date().toISOString(), serial, ...this.#pushed, ...outcome }
    append(this.#path, `${JSON.stringify(entry)}\n`)
  }
}

function append(path: string, text: string): void {
  try {
    appendFileSync(path, text)
  } catch (error) {
    throw new UsageError(`--log: ${(error as Error).message}`)
  }
}

/** The devices whose last entry for this image is a good one. A line without an end was cut off and goes. */
function goodIn(path: string, sha256: string): ReadonlySet<string> {
  const text = fileText(path, MOST)
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const good = new Set<string>()
  for (const [i, line] of whole.split('\n').slice(0, -1).entries()) {
    const entry = entryOf(line)
    if (entry === undefined) throw new UsageError(`${path}: line ${i + 1}: is none of a log of update push`)
    if (entry.sha256 !== sha256) continue
    if (entry.state === 'good') good.add(entry.serial)
    else good.delete(entry.serial)
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
