import type { BlePort } from '../ports/ble.js'

/** Builds without BLE, and the simulator. */
export function openBle(): BlePort | undefined {
  return undefined
}
