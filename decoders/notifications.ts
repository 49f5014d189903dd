/** The characteristics that carry the stream, one at a time (docs/protocol/vw1871.md, services and characteristics). */
export const DATA_CHARACTERISTIC =
  /^(0000(ff01|2af0|ff81)-0000-1000-8000-00805f9b34fb|49535343-1e4d-4bd9-ba61-23c647249616)$/i

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
  return notificationsIn(json)
}

/** The same of JSON that is parsed. */
export function notificationsIn(json: unknown): Notification[] {
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
