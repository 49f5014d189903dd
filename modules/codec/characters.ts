/**
 * How many characters of a text, from `start` on, lie in ranges. The firmware has no regular expressions:
 * in SDK 8.2.3 each use of one takes memory for good (xs/sources/xsre.c:2461).
 *
 * @param ranges pairs of first and last characters: `09AZaz__` for letters, digits and `_`
 */
export function span(text: string, start: number, ranges: string): number {
  const end = text.length
  const count = ranges.length
  // Most characters lie in the range of the one before, and each look at a range costs XS 32 bytes of garbage.
  let first = 1
  let last = 0
  let at = start
  while (at < end) {
    const code = text.charCodeAt(at)
    for (let i = 0; (code < first || code > last) && i < count; i += 2) {
      first = ranges.charCodeAt(i)
      last = ranges.charCodeAt(i + 1)
    }
    if (code < first || code > last) break
    at++
  }
  return at - start
}

/** Whether all characters of a text lie in ranges, as in `span`. An empty text has none that does not. */
export function hasOnly(text: string, ranges: string): boolean {
  return span(text, 0, ranges) === text.length
}

/** Whether a text is digits, at least one and at most so many. */
export function isDigits(text: string, most = Number.POSITIVE_INFINITY): boolean {
  return text !== '' && text.length <= most && hasOnly(text, '09')
}
