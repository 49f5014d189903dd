import type { StoragePort } from '../ports/storage.js'
import { decodeRecord, encodeRecord, type SettingsRecord } from './record.js'

/** What the device remembers over power-off. */
export interface Settings {
  /** Serial number last read from the meter, digits; empty before the first. */
  serial: string
  /** Wi-Fi network to join; empty before set-up. */
  ssid: string
  password: string
  mqttHost: string
  mqttPort: number
  mqttUser: string
  mqttPassword: string
}

const DEFAULTS: Readonly<Settings> = Object.freeze({
  serial: '',
  ssid: '',
  password: '',
  mqttHost: 'nabovarme.meterlogger.net',
  mqttPort: 1883,
  mqttUser: 'esp8266',
  mqttPassword: 'chah5Kai',
})

const SLOTS = Object.freeze(['settings.a', 'settings.b'] as const)

/**
 * The settings, in two slots written in turn: a write that power cuts short leaves the other slot, and what cannot be
 * read is not erased before the next change.
 */
export class SettingsStore {
  #storage: StoragePort
  #values: Settings = { ...DEFAULTS }
  #sequence = 0

  constructor(storage: StoragePort) {
    this.#storage = storage
    let newest: SettingsRecord | undefined
    for (const slot of SLOTS) {
      const bytes = storage.read(slot)
      const record = bytes && decodeRecord(bytes)
      if (record !== undefined && (newest === undefined || record.sequence > newest.sequence)) newest = record
    }
    if (newest === undefined) return
    this.#sequence = newest.sequence
    this.#take(newest.values)
  }

  get values(): Readonly<Settings> {
    return this.#values
  }

  /** Writes only when something is different; returns whether it was. */
  update(changes: Partial<Settings>): boolean {
    const before = JSON.stringify(this.#values)
    this.#values = { ...this.#values, ...changes }
    if (JSON.stringify(this.#values) === before) return false
    this.#sequence++
    const slot = SLOTS[this.#sequence % SLOTS.length]!
    this.#storage.write(slot, encodeRecord({ sequence: this.#sequence, values: { ...this.#values } }))
    return true
  }

  #take(stored: SettingsRecord['values']): void {
    const values: Record<string, unknown> = { ...DEFAULTS }
    for (const name of Object.keys(DEFAULTS)) {
      if (typeof stored[name] === typeof values[name]) values[name] = stored[name]
    }
    this.#values = values as unknown as Settings
  }
}
