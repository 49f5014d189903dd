import type { Quantity } from './quantities.js'
import { scaleOf } from './quantities.js'
import { INSTANTANEOUS, type RecordCursor } from './record-cursor.js'

/** Says which record is meant: everything must be equal to the record's header. The tariff must be 0. */
export interface RecordKey {
  /** A quantity, or the VIF code as `RecordCursor` numbers it. */
  readonly of: Quantity | number
  /** 0 instantaneous, 1 maximum, 2 minimum, 3 at error. */
  readonly function: number
  readonly storage: number
  readonly subunit: number
  /** The VIFE as one big-endian number; 0 for none. */
  readonly modifier: number
  /** Bytes of the value; undefined for any number. */
  readonly size: number | undefined
}

/** The key of the current value of a quantity, unless `rest` says something else. */
export function recordKey(of: RecordKey['of'], rest: Partial<Omit<RecordKey, 'of'>> = {}): RecordKey {
  return Object.freeze({
    of,
    function: rest.function ?? INSTANTANEOUS,
    storage: rest.storage ?? 0,
    subunit: rest.subunit ?? 0,
    modifier: rest.modifier ?? 0,
    size: rest.size,
  })
}

/** Whether the cursor is at the record that the key means. */
export function matches(key: RecordKey, cursor: RecordCursor): boolean {
  const { vif } = cursor
  return (
    (key.of === vif || key.of === scaleOf(vif)?.quantity) &&
    key.storage === cursor.storage &&
    key.function === cursor.function &&
    key.subunit === cursor.subunit &&
    key.modifier === cursor.modifier &&
    (key.size === undefined || key.size === cursor.size) &&
    cursor.tariff === 0
  )
}
