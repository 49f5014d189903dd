import type { Period } from './period.js'

/** Where a meter's pages are; without a period its newest day. */
export function meterPath(serial: string, period?: Period): string {
  const meter = `/meter/${encodeURIComponent(serial)}`
  return period === undefined ? meter : `${meter}/${period.kind}/${period.name}`
}
