import type { FlashPort } from '../ports/flash.js'
import type { Faults } from './faults.js'

/** The simulator has no flash: samples wait in memory there. */
export function openFlash(_faults: Faults): FlashPort | undefined {
  return undefined
}
