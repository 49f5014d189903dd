import { unixTime } from './unix-time.js'

/** Of an answer without extensions. */
const LENGTH = 48
const SERVER = 4
/** Leap indicator of a server that does not know the time itself. */
const UNSYNCHRONIZED = 3
const STRATA = 16
/** Where the answer says when it was sent: seconds u32 and their fraction u32. */
const SECONDS = 40
const FRACTION = 44

/** From 1900-01-01, where NTP counts from, to 1970-01-01. */
const UNIX_EPOCH = 2_208_988_800

/**
 * Unix milliseconds in the answer of a time server (RFC 5905, 7.3), with their fraction; undefined when it is no answer
 * or the server does not know the time. NTP's own 32 bits begin anew in 2036, so that they are taken for a time since
 * 2026 (`unixTime`): a server whose clock is years behind and that does not say so cannot be told from one of 2106.
 */
export function parseSntp(answer: Uint8Array): number | undefined {
  if (answer.length < LENGTH) return undefined
  const view = new DataView(answer.buffer, answer.byteOffset)
  const leap = view.getUint8(0) >> 6
  const mode = view.getUint8(0) & 7
  const stratum = view.getUint8(1)
  if (leap === UNSYNCHRONIZED || mode !== SERVER || stratum < 1 || stratum >= STRATA) return undefined
  const seconds = view.getUint32(SECONDS)
  const fraction = view.getUint32(FRACTION)
  if (seconds === 0 && fraction === 0) return undefined
  return unixTime(seconds - UNIX_EPOCH) * 1000 + (fraction * 1000) / 2 ** 32
}
