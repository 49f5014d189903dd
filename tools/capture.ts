import { closeSync, openSync, readSync } from 'node:fs'
import { type Notification, notificationsOf, readNotifications } from '../decoders/notifications.js'
import { UsageError, unreadable } from './errors.js'
import { fileText, LineSplitter } from './lines.js'

const OPTION = '--capture'

const PIECE = 65_536

/**
 * The notifications of a concentrator's recorded session, each time from the beginning. One with a JSON value a line is
 * read as it is played, however long it is; other JSON is read at once. Throws `UsageError` where there is none.
 */
export function openCapture(path: string): Iterable<Notification> {
  const notifications = isLines(path)
    ? { [Symbol.iterator]: () => notificationsOfFile(path) }
    : readNotifications(fileText(path, OPTION))
  for (const _ of notifications) return notifications
  throw new UsageError(`--capture: no notification of a concentrator in ${path}`)
}

/** Whether the first line that is not blank is a JSON value. */
function isLines(path: string): boolean {
  for (const line of linesOfFile(path)) if (line.trim() !== '') return notificationsOf(line) !== undefined
  return false
}

function* notificationsOfFile(path: string): Generator<Notification> {
  for (const line of linesOfFile(path)) yield* notificationsOf(line) ?? []
}

function* linesOfFile(path: string): Generator<string> {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line))
  const file = opened(path)
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE)
      const length = inUse(path, () => readSync(file, piece))
      if (length === 0) break
      splitter.push(piece.subarray(0, length))
      yield* lines.splice(0)
    }
    splitter.end()
    yield* lines
  } finally {
    closeSync(file)
  }
}

function opened(path: string): number {
  return inUse(path, () => openSync(path, 'r'))
}

/** What the user named cannot be read. */
function inUse(path: string, action: () => number): number {
  try {
    return action()
  } catch (error) {
    throw unreadable(error, path, OPTION)
  }
}
