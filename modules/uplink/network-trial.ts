import type { Settings } from '../storage/settings.js'

export type Outcome = (reason: string | undefined) => void

/** Other settings that are stored together with credentials that work, as they are at that moment. */
export type Others = () => Partial<Settings>

/** A trial of credentials that are not stored. */
export interface Trial {
  readonly others: Others
  readonly onOutcome: Outcome
  readonly onAssociated: (() => void) | undefined
}
