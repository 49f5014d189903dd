/**
 * What the machine's clock shows less than unix time, in seconds: 1980-01-01 on 2026-01-01. The SDK sets it to 32 bits
 * of seconds (modules/base/time/esp/modTime.c), which so last until 2152; and what is before 1980 is a clock that began
 * at 1970 when power came, and has run since without being set.
 */
const BEHIND = 1_451_692_800
const FIRST = 315_532_800

/** Seconds to which the machine's clock is to be set at these unix milliseconds. */
export function machineSeconds(unix: number): number {
  return Math.round(unix / 1000) - BEHIND
}

/** Unix milliseconds when the machine's clock shows these; undefined when it was not set. */
export function keptTime(machine: number): number | undefined {
  return machine < FIRST * 1000 ? undefined : machine + BEHIND * 1000
}
