import type { Machine } from 'device/machine'
import type { BlePort } from '../ports/ble.js'
import type { Faults } from './faults.js'

/** Builds without BLE, and the simulator. */
export function openBle(_machine: Machine, _faults: Faults): BlePort | undefined {
  return undefined
}
