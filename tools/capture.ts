import { DATA_CHARACTERISTIC } from './vw1871.js'

/** A notification of a recorded BLE session. */
export interface Notification {
  /** ISO 8601; empty where the recording has no time. */
  readonly t: string
  readonly characteristic: string
  readonly hex: string
}

/**
 * The notifications of the data characteristics in a recording: JSON in which, at any depth, a list has entries with a
 * characteristic (`characteristic`, `characteristic_uuid`) and its bytes (`hex`, `raw_hex`); the time is `t` or
 * `timestamp`. Empty when the text is something else.
 */
export function readNotifications(text: string): Notification[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return []
  }
  return collect(json).filter(({ characteristic }) => DATA_CHARACTERISTIC.test(characteristic))
}

function collect(value: unknown): Notification[] {
  if (typeof value !== 'object' || value === null) return []
  const { characteristic_uuid, characteristic = characteristic_uuid } = value as Record<string, unknown>
  const { raw_hex, hex = raw_hex, timestamp, t = timestamp } = value as Record<string, unknown>
  if (typeof characteristic === 'string' && typeof hex === 'string')
    return [{ characteristic: characteristic.toLowerCase(), hex, t: typeof t === 'string' ? t : '' }]
  return Object.values(value).flatMap(collect)
}
