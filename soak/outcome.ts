import type { Violation } from './ledger.js'
import type { SampleLedger } from './sample-ledger.js'
import type { Incident, Kind } from './schedule.js'

/** What a soak with one seed has counted. */
export interface Outcome {
  readonly seed: number
  readonly days: number
  readonly schedule: readonly Incident[]
  readonly meters: readonly SampleLedger[]
  readonly valve: {
    readonly commands: number
    readonly changes: number
    readonly byLimit: number
    readonly byPowerOn: number
    readonly unexplained: number
  }
  readonly commands: { readonly sent: number; readonly arrived: number; readonly done: number; readonly again: number }
  readonly hostile: { readonly sent: number; readonly arrived: number; readonly actedOn: number }
  readonly boots: number
  /** By kind of fault: seconds from its end until the broker had a message. */
  readonly recoveries: ReadonlyMap<Kind, readonly number[]>
  /** Bytes in use after each day, and at rest at the end, without flash and ledgers; if that was asked for. */
  readonly heap: readonly number[]
  /** Samples of the MULTICAL in each hour. */
  readonly takenPerHour: readonly number[]
  readonly deliveredPerHour: readonly number[]
  readonly violations: readonly Violation[]
  readonly violationCount: number
}
