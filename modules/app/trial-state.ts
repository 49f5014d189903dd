import type { TrialState } from '../portal/device.js'
import { NOT_FOUND, REFUSED } from '../ports/join-failure.js'
import { NO_ADDRESS } from '../uplink/reasons.js'

/** How a trial has ended whose network gave this reason. */
export function trialStateOf(reason: string): TrialState {
  switch (reason) {
    case REFUSED:
      return 'wrong-password'
    case NOT_FOUND:
      return 'not-found'
    case NO_ADDRESS:
      return 'no-address'
    default:
      return 'failed'
  }
}
