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

/** Prints what went wrong to standard error and sets the exit code. */
export function report(error: unknown, prefix = ''): void {
  say(`${prefix}${error instanceof Error ? error.message : error}`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
