const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** The value of each character, by its code; a character without one is undefined. */
const VALUES: ReadonlyMap<number, number> = new Map([...ALPHABET].map((digit, value) => [digit.charCodeAt(0), value]))

/** The bytes of base64 with its padding; undefined for any other text. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const end = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length
  const bytes = new Uint8Array(Math.floor((end * 3) / 4))
  let bits = 0
  for (let i = 0, at = 0; i < end; i++) {
    const value = VALUES.get(text.charCodeAt(i))
    if (value === undefined) return undefined
    bits = ((bits << 6) | value) & 0xffffff
    const fresh = (i & 3) * 2
    if (fresh > 0) bytes[at++] = bits >> (6 - fresh)
  }
  return bytes
}
