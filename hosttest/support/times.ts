/** Times around the ends of 32 bits of seconds: the last second before, the first after, and one far later. */
export const FAR_TIMES = Object.freeze([
  '2036-02-07T06:28:15Z',
  '2036-02-07T06:28:16Z',
  '2038-01-19T03:14:07Z',
  '2038-01-19T03:14:08Z',
  '2106-02-07T06:28:15Z',
  '2106-02-07T06:28:16Z',
  '2150-07-01T12:00:00Z',
])

/** Converts a time in ISO 8601 to unix seconds. */
export function secondsOf(time: string): number {
  return Date.parse(time) / 1000
}
