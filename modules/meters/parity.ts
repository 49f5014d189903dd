/** The character in place of one that came with the wrong parity (ASCII SUB). */
export const INVALID = 0x1a

/** The text as 7-bit characters with even parity in bit 7. A UART of 8 bits sends them as the same frames as 7E. */
export function withEvenParity(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < bytes.length; i++) {
    const character = text.charCodeAt(i) & 0x7f
    bytes[i] = isOdd(character) ? character | 0x80 : character
  }
  return bytes
}

/** The 7-bit character of a byte with even parity, or `INVALID` when the parity is wrong. */
export function withoutParity(byte: number): number {
  return isOdd(byte) ? INVALID : byte & 0x7f
}

function isOdd(byte: number): boolean {
  let bits = byte ^ (byte >> 4)
  bits ^= bits >> 2
  return ((bits ^ (bits >> 1)) & 1) !== 0
}
