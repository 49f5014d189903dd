import { EARLIEST } from '../../modules/time/unix-time.js'

/** The clock of a device may be so many seconds ahead. */
export const MOST_AHEAD = 86_400

/** The instant as the database tells it: `2026-11-27T13:10:00Z`. @param seconds unix seconds */
export function instantText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

/**
 * Whether something can have happened at a time: not before 2026, because this firmware did not exist then, and not more than a
 * day after it has come. A computer whose own clock is before 2026 does not know what is ahead.
 * @param time unix seconds
 * @param receivedAt unix milliseconds
 */
export function canBe(time: number, receivedAt: number): boolean {
  const now = receivedAt / 1000
  return (
    Number.isSafeInteger(time) &&
    time >= EARLIEST &&
    time < 253_402_300_800 &&
    (now < EARLIEST || time <= now + MOST_AHEAD)
  )
}
