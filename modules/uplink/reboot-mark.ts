import type { StoragePort } from '../ports/storage.js'
import type { SystemPort } from '../ports/system.js'

const KEY = 'watchdog'
const MARK = 1
const SOFTWARE_RESTART = 4
const WATCHDOG_RESTART = 7

/** The restart that follows is the watchdog's. */
export function markReboot(storage: StoragePort): void {
  storage.write(KEY, Uint8Array.of(MARK))
}

/** The system, with the reason that the mark of the run before gives; the mark is gone then, so that it explains one start only. */
export function withRebootReason(system: SystemPort, storage: StoragePort): SystemPort {
  if (storage.read(KEY)?.[0] !== MARK) return system
  storage.write(KEY, Uint8Array.of(0))
  return system.resetReason === SOFTWARE_RESTART ? { ...system, resetReason: WATCHDOG_RESTART } : system
}
