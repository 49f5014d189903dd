import Preference from 'preference'
import type { StoragePort } from '../ports/storage.js'

const DOMAIN = 'meterlogger'

/** Blobs in the SDK's preferences: NVS on the ESP32, a file in the simulator. */
export const deviceStorage: StoragePort = Object.freeze({
  read(key: string) {
    const value = Preference.get(DOMAIN, key)
    return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined
  },
  write(key: string, bytes: Uint8Array) {
    Preference.set(DOMAIN, key, bytes.slice().buffer as ArrayBuffer)
  },
})
