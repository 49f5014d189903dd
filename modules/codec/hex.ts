const DIGITS = '0123456789abcdef'

/** Lower-case hex of the bytes from `start` to `end`. */
export function toHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = ''
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    text += DIGITS[byte >> 4]! + DIGITS[byte & 15]!
  }
  return text
}

/** Bytes of a text of hex digits, either case; undefined when it is anything else. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    const high = nibble(text.charCodeAt(2 * i))
    const low = nibble(text.charCodeAt(2 * i + 1))
    if (high < 0 || low < 0) return undefined
    bytes[i] = (high << 4) | low
  }
  return bytes
}

/** Whether a text is so many hex digits, either case. */
export function isHex(text: string, digits: number): boolean {
  if (text.length !== digits) return false
  for (let i = 0; i < digits; i++) if (!(NIBBLES[text.charCodeAt(i)]! >= 0)) return false
  return true
}

/** The values of bytes as characters of hex digits, either case; -1 for any other character. */
export const NIBBLES = Int8Array.from({ length: 256 }, (_, code) =>
  DIGITS.indexOf(String.fromCharCode(code).toLowerCase()),
)

/** The value of a hex digit by its character code; -1 for any other character. */
export function nibble(code: number): number {
  return NIBBLES[code] ?? -1
}

/** A number as lower-case hex digits, so many at least. */
export function hexDigits(value: number, digits = 2): string {
  return value.toString(16).padStart(digits, '0')
}
