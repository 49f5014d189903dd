/** Where 32 bits of seconds come to their end: the last second before and the first after, and one far behind them. */
export const FAR_TIMES = Object.freeze([
  '2036-02-07T06:28:15Z',
  '2036-02-07T06:28:16Z',
  '2038-01-19T03:14:07Z',
  '2038-01-19T03:14:08Z',
  '2106-02-07T06:28:15Z',
  '2106-02-07T06:28:16Z',
  '2150-07-01T12:00:00Z',
])

/** Unix seconds of a time in ISO 8601. */
export function secondsOf(time: string): number {
  return Date.parse(time) / 1000
}
