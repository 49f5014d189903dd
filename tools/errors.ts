import type { Result } from '../modules/codec/result.js'
import { say } from './print.js'

/** The command was understood and its answer is "no": exit code 1. */
export class NegativeResult extends Error {}

/** The command line makes no sense: exit code 2. */
export class UsageError extends Error {}

/** The value of what somebody has typed. Throws `UsageError` where it is none. */
export function accepted<T>(typed: Result<T>): T {
  if (!typed.ok) throw new UsageError(typed.error)
  return typed.value
}

/** Why a server cannot listen at its port, for the person who has chosen it. */
export function portProblem(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { readonly port?: number }
  if (code === 'EADDRINUSE') return `another program has port ${port} already; give another port`
  if (code === 'EACCES') return `only the system's own programs may have port ${port}; give one above 1023`
  return message
}

/** What the system's words for a file mean, where nothing can be read from it and where nothing can be written to it. */
const READ_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file; look at the path',
  ENOTDIR: 'no such file; look at the path',
  EISDIR: 'a folder; name a file',
  EACCES: 'this user may not read it; ls -l shows who may',
  EPERM: 'this user may not read it; ls -l shows who may',
}
const WRITE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such folder; make it first',
  ENOTDIR: 'no such folder; make it first',
  EISDIR: 'a folder; name a file',
  EACCES: 'this user may not write there; name another place',
  EPERM: 'this user may not write there; name another place',
  EROFS: 'this user may not write there; name another place',
  ENOSPC: 'no room is left there; make some',
}

/** Why a file that somebody has named cannot be read. @param option as it is typed; nothing for an argument */
export function unreadable(error: unknown, path: string, option = ''): UsageError {
  return fileError(READ_REASONS, error, path, option)
}

/** Why a file that somebody has named cannot be written. @param option as it is typed; nothing for an argument */
export function unwritable(error: unknown, path: string, option = ''): UsageError {
  return fileError(WRITE_REASONS, error, path, option)
}

function fileError(reasons: Readonly<Record<string, string>>, error: unknown, path: string, option: string) {
  const { code = '', message } = error as NodeJS.ErrnoException
  const text = Object.hasOwn(reasons, code) ? `${path}: ${reasons[code]}` : message
  return new UsageError(option === '' ? text : `${option}: ${text}`)
}

/** Prints what went wrong to standard error and sets the exit code. */
export function report(error: unknown, prefix = ''): void {
  say(`${prefix}${error instanceof Error ? error.message : error}`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
