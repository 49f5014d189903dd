import { NETWORK_WATCHDOG, RESTART } from '../ports/reset-reason.js'
import type { StoragePort } from '../ports/storage.js'
import type { SystemPort } from '../ports/system.js'

const KEY = 'watchdog'
const MARK = 1

/** Marks the next restart as the watchdog's; false when flash does not take that, not even at a second attempt. */
export function markReboot(storage: StoragePort): boolean {
  return write(storage, MARK) || write(storage, MARK)
}

/**
 * Returns the system with the watchdog as its reset reason, if the previous run has left a mark. Clears the mark, so that
 * it explains only one start. Each start tries again to clear a mark that flash has kept.
 */
export function withRebootReason(system: SystemPort, storage: StoragePort): SystemPort {
  if (storage.read(KEY)?.[0] !== MARK) return system
  if (!write(storage, 0)) write(storage, 0)
  return system.resetReason === RESTART ? { ...system, resetReason: NETWORK_WATCHDOG } : system
}

/** Whether it reads back. */
function write(storage: StoragePort, value: number): boolean {
  return storage.write(KEY, Uint8Array.of(value)) && storage.read(KEY)?.[0] === value
}
