import type { Quantity } from './quantities.js'
import { scaleOf } from './quantities.js'
import { INSTANTANEOUS, type RecordCursor } from './record-cursor.js'

/**
 * Says which record is meant: everything must be equal to the record's header, where a number that is left out is 0. The
 * tariff must be 0. Most keys leave most of it out, and each member of each key would take 16 bytes of flash.
 */
export interface RecordKey {
  /** A quantity, or the VIF code as `RecordCursor` numbers it. */
  readonly of: Quantity | number
  /** 0 instantaneous, 1 maximum, 2 minimum, 3 at error. */
  readonly function?: number
  readonly storage?: number
  readonly subunit?: number
  /** The VIFE as one big-endian number; 0 for none. */
  readonly modifier?: number
  /** Bytes of the value; without it any number. */
  readonly size?: number
}

/** Whether the cursor is at the record that the key means. */
export function matches(key: RecordKey, cursor: RecordCursor): boolean {
  const { vif } = cursor
  return (
    (key.of === vif || key.of === scaleOf(vif)?.quantity) &&
    (key.storage ?? 0) === cursor.storage &&
    (key.function ?? INSTANTANEOUS) === cursor.function &&
    (key.subunit ?? 0) === cursor.subunit &&
    (key.modifier ?? 0) === cursor.modifier &&
    (key.size === undefined || key.size === cursor.size) &&
    cursor.tariff === 0
  )
}
