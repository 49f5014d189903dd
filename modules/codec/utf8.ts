const REPLACEMENT = 0xfffd

/** UTF-8 of a string (XS has no TextEncoder). Lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(byteLength(text))
  let at = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      bytes[at++] = unit
      continue
    }
    const point = codePointAt(text, i)
    if (point > 0xffff) i++
    if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >> 6)
    } else {
      if (point < 0x10000) {
        bytes[at++] = 0xe0 | (point >> 12)
      } else {
        bytes[at++] = 0xf0 | (point >> 18)
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f)
      }
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f)
    }
    bytes[at++] = 0x80 | (point & 0x3f)
  }
  return bytes
}

/** Number of bytes that `encodeUtf8` makes of a string. */
export function byteLength(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80) continue
    const point = codePointAt(text, i)
    // Beyond U+FFFF it is two units of the text already.
    if (point > 0xffff) i++
    length += point < 0x800 ? 1 : 2
  }
  return length
}

/** The string of UTF-8 bytes; every byte that is not part of a well-formed sequence becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = ''
  let i = start
  while (i < end) {
    const first = bytes[i++]!
    if (first < 0x80) {
      text += String.fromCharCode(first)
      continue
    }
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
    let point = first & (0x3f >> more)
    let taken = 0
    while (taken < more && i + taken < end && (bytes[i + taken]! & 0xc0) === 0x80) {
      point = (point << 6) | (bytes[i + taken]! & 0x3f)
      taken++
    }
    const wellFormed = first >= 0xc2 && first <= 0xf4 && taken === more && isScalar(point, more)
    if (wellFormed) i += more
    text += String.fromCodePoint(wellFormed ? point : REPLACEMENT)
  }
  return text
}

/** The longest beginning of the text that is at most `limit` bytes of UTF-8, no character cut in two. */
export function cutUtf8(text: string, limit: number): string {
  let end = text.length
  while (byteLength(text.slice(0, end)) > limit) end--
  const last = text.charCodeAt(end - 1)
  return text.slice(0, end < text.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end)
}

function isScalar(point: number, more: number): boolean {
  if (point >= 0xd800 && point <= 0xdfff) return false
  return point <= 0x10ffff && point >= (more === 3 ? 0x10000 : more === 2 ? 0x800 : 0x80)
}

function codePointAt(text: string, i: number): number {
  const point = text.codePointAt(i)!
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point
}
