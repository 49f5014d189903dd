/** 2026-01-01 in unix seconds. This firmware did not exist before. */
export const EARLIEST = 1_767_225_600

/**
 * Completes unix seconds of which only the lowest 32 bits are known, signed or not, to the first such moment since
 * 2026-01-01. This is right until 2162-02-07, across the wraps of 2036 (NTP), 2038 (int32) and 2106 (uint32).
 */
export function unixTime(low: number): number {
  return EARLIEST + ((low - EARLIEST) >>> 0)
}
