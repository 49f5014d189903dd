import type { Dialect } from './dialect.js'
import type { Row } from './store.js'

/** Runs one statement with values for `$1`, `$2`... */
export type Run = (sql: string, values?: readonly string[]) => Promise<readonly Row[]>

/** A database of either kind. What goes wrong is `DatabaseAway` or `DatabaseRefused` where it is either. */
export interface Database {
  readonly dialect: Dialect
  /** Does all of the work or, when it throws, nothing. Calls may overlap. */
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>
  readonly rows: Run
  /** Keeps other processes from migrating until the transaction ends. */
  lockSchema(run: Run): Promise<void>
  /** Adds the samples of a batch, JSON as `Batch` has it, and what is new of them to the roll-ups. */
  addSamples(run: Run, samples: string): Promise<void>
  close(): Promise<void>
}
