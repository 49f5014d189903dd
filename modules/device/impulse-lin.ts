import type { ImpulsePort } from '../ports/impulse.js'
import type { Faults } from './faults.js'

/** The simulator has no input for impulses. */
export function openImpulses(_pin: number, _faults: Faults): ImpulsePort {
  return { count: 0, width: 0, onImpulse: undefined, close() {} }
}
