import { isDigits } from '../codec/characters.js'
import { isHex } from '../codec/hex.js'
import { parseObject } from '../codec/json.js'
import { decodeUtf8 } from '../codec/utf8.js'
import type { StoragePort } from '../ports/storage.js'
import { type SlotError, Slots } from './slots.js'

/** What belongs to one board and to no image, by the names under which it is stored. What the board has not got is not there. */
export interface Provision {
  /** Master key, 32 hex digits. */
  readonly key?: string
  /** The serial number before the meter has told its own, 1 to 12 digits. */
  readonly provisionedSerial?: string
  /** Whose signed updates the device takes: x and y of the point on P-256, 128 hex digits. */
  readonly updateKey?: string
}

const FORMS: Readonly<Record<keyof Provision, (text: string) => boolean>> = Object.freeze({
  key: (text) => isHex(text, 32),
  provisionedSerial: (text) => isDigits(text, 12),
  updateKey: (text) => isHex(text, 128),
})

/**
 * Keeps the provision in flash, in a record of its own: no image that does not know it, and nothing that clears the
 * settings, can lose it. A value of another form counts as none.
 */
export class ProvisionStore {
  #slots: Slots
  /** The record with what a newer image has added, which stays. */
  #record: Readonly<Record<string, unknown>>

  constructor(storage: StoragePort) {
    this.#slots = new Slots(storage, 'provision')
    const bytes = this.#slots.read()
    this.#record = (bytes && parseObject(decodeUtf8(bytes))) ?? {}
  }

  get values(): Provision {
    const values: { -readonly [name in keyof Provision]: string } = {}
    for (const name of Object.keys(FORMS) as (keyof Provision)[]) {
      const value = this.#record[name]
      if (typeof value === 'string' && FORMS[name](value)) values[name] = value
    }
    return values
  }

  /** Writes what is new, and nothing when nothing is. After an error it is as before. */
  update(changes: Provision): SlotError | undefined {
    const names = Object.keys(changes) as (keyof Provision)[]
    if (names.every((name) => changes[name] === undefined || changes[name] === this.#record[name])) return undefined
    // JSON leaves out what is undefined.
    const record: Record<string, unknown> = { ...this.#record }
    for (const name of names) record[name] = changes[name] ?? record[name]
    const error = this.#slots.writeText(JSON.stringify(record))
    if (error === undefined) this.#record = record
    return error
  }
}
