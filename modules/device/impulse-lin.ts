import type { ImpulsePort } from '../ports/impulse.js'

/** The simulator has no input for impulses. */
export function openImpulses(_pin: number): ImpulsePort {
  return { count: 0, width: 0, onImpulse: undefined, close() {} }
}
