/** The characteristics that carry the stream, one at a time (docs/protocol/vw1871.md, services and characteristics). */
export const DATA_CHARACTERISTIC =
  /^(0000(ff01|2af0|ff81)-0000-1000-8000-00805f9b34fb|49535343-1e4d-4bd9-ba61-23c647249616)$/i

/** Whoever nests deeper has no recording in it, and would fill the stack. */
const MAX_DEPTH = 16

/** A notification of a recorded BLE session. */
export interface Notification {
  /** ISO 8601; empty where the recording has no time. */
  readonly t: string
  readonly characteristic: string
  readonly hex: string
}

/**
 * The notifications of the data characteristics in a recording: JSON, or a JSON value a line. Empty when the text is
 * something else; a line that is no JSON, such as one that was cut, is passed over.
 */
export function readNotifications(text: string): Notification[] {
  const whole = notificationsOf(text)
  return whole ?? text.split('\n').flatMap((line) => notificationsOf(line) ?? [])
}

/** The same of one JSON text; undefined when it is none. */
export function notificationsOf(text: string): Notification[] | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  return notificationsIn(json)
}

/**
 * The same of JSON that is parsed, in which, down to 16 levels, a list has entries with a characteristic (`characteristic`,
 * `characteristic_uuid`) and its bytes (`hex`, `raw_hex`, `data_hex`); the time is `t` or `timestamp`. An entry may stand alone, too.
 */
export function notificationsIn(json: unknown): Notification[] {
  return collect(json).filter(({ characteristic }) => DATA_CHARACTERISTIC.test(characteristic))
}

/** Whether JSON holds notifications, of whatever characteristic. */
export function holdsNotifications(json: unknown): boolean {
  return collect(json).length > 0
}

function collect(value: unknown, depth = 0): Notification[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return []
  const { characteristic_uuid, characteristic = characteristic_uuid } = value as Record<string, unknown>
  const { data_hex, raw_hex = data_hex, hex = raw_hex, timestamp, t = timestamp } = value as Record<string, unknown>
  if (typeof characteristic === 'string' && typeof hex === 'string')
    return [{ characteristic: characteristic.toLowerCase(), hex, t: typeof t === 'string' ? t : '' }]
  return Object.values(value).flatMap((entry) => collect(entry, depth + 1))
}
