import Preference from 'preference'
import type { StoragePort } from '../ports/storage.js'
import type { Faults } from './faults.js'

const DOMAIN = 'meterlogger'

/** Blobs in the SDK's preferences: NVS on the ESP32, a file in the simulator. */
export class DeviceStorage implements StoragePort {
  #faults: Faults

  constructor(faults: Faults) {
    this.#faults = faults
  }

  read(key: string): Uint8Array | undefined {
    try {
      const value = Preference.get(DOMAIN, key)
      return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined
    } catch (error) {
      this.#faults.report(`reading ${key}`, error)
      return undefined
    }
  }

  write(key: string, bytes: Uint8Array): boolean {
    try {
      Preference.set(DOMAIN, key, bytes.slice().buffer)
      return true
    } catch (error) {
      this.#faults.report(`writing ${key}`, error)
      return false
    }
  }
}
