import type { StoragePort } from '../ports/storage.js'
import type { SystemPort } from '../ports/system.js'

const KEY = 'watchdog'
const MARK = 1
const SOFTWARE_RESTART = 4
const WATCHDOG_RESTART = 7

/** Marks the next restart as the watchdog's. */
export function markReboot(storage: StoragePort): void {
  storage.write(KEY, Uint8Array.of(MARK))
}

/**
 * Returns the system with the watchdog as its reset reason, if the previous run has left a mark. Clears the mark, so that
 * it explains only one start.
 */
export function withRebootReason(system: SystemPort, storage: StoragePort): SystemPort {
  if (storage.read(KEY)?.[0] !== MARK) return system
  storage.write(KEY, Uint8Array.of(0))
  return system.resetReason === SOFTWARE_RESTART ? { ...system, resetReason: WATCHDOG_RESTART } : system
}
