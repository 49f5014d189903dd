import { say } from './print.js'

/** The command was understood and its answer is "no": exit code 1. */
export class NegativeResult extends Error {}

/** The command line makes no sense: exit code 2. */
export class UsageError extends Error {}

/** Prints what went wrong to standard error and sets the exit code. */
export function report(error: unknown, prefix = ''): void {
  say(`${prefix}${error instanceof Error ? error.message : error}`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
