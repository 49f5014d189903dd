/** 2026-01-01, before which this firmware did not exist, in unix seconds. */
export const EARLIEST = 1_767_225_600

/**
 * Unix seconds of which only the lowest 32 bits are known, signed or not: the first such moment since 2026-01-01. So it
 * is right until 2162-02-07, over the ends of 32 bits in 2036 (NTP), 2038 (int32) and 2106 (uint32).
 */
export function unixTime(low: number): number {
  return EARLIEST + ((low - EARLIEST) >>> 0)
}
