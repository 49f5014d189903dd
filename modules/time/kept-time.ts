/**
 * The machine's clock runs this many seconds behind unix time: it shows 1980-01-01 on 2026-01-01. The SDK sets it with
 * 32 bits of seconds (modules/base/time/esp/modTime.c), which therefore last until 2152. A clock that shows a date before
 * 1980 has started at 1970 with the power and was never set.
 */
const BEHIND = 1_451_692_800
const FIRST = 315_532_800

/** The seconds that the machine's clock shows at these unix milliseconds. */
export function machineSeconds(unix: number): number {
  return Math.round(unix / 1000) - BEHIND
}

/** The unix milliseconds at which the machine's clock shows these milliseconds; undefined if it was never set. */
export function keptTime(machine: number): number | undefined {
  return machine < FIRST * 1000 ? undefined : machine + BEHIND * 1000
}
