import { unixTime } from './unix-time.js'

/** Bytes of an answer without extensions. */
const LENGTH = 48
const SERVER = 4
/** The leap indicator of a server that does not know the time. */
const UNSYNCHRONIZED = 3
const STRATA = 16
/** Offsets of the time when the answer was sent: seconds u32 and their fraction u32. */
const SECONDS = 40
const FRACTION = 44

/** Seconds from NTP's epoch, 1900-01-01, to 1970-01-01. */
const UNIX_EPOCH = 2_208_988_800

/**
 * Reads unix milliseconds with their fraction from the answer of a time server (RFC 5905, 7.3). Undefined when the bytes
 * are no answer or the server does not know the time. NTP's 32 bits wrap in 2036, so the seconds count as a time since
 * 2026 (`unixTime`). A server whose clock is years behind therefore looks like one in the year 2106 or later.
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
