import type { Machine } from 'device/machine'
import type { SlotsPort } from '../ports/slots.js'
import type { Faults } from './faults.js'

/** The simulator is a program of this computer. */
export function openSlots(_machine: Machine, _faults: Faults): SlotsPort | undefined {
  return undefined
}
