/**
 * CRC-16 with polynomial 0x1021, most significant bit first, no reflection, no final XOR, over `bytes[start..end)`.
 * Initial value 0 is XMODEM ("123456789" -> 0x31C3, KMP), 0xFFFF is CCITT-FALSE (-> 0x29B1).
 */
export function crc16(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  let crc = initial
  for (let i = start; i < end; i++) {
    let x = (crc >> 8) ^ bytes[i]!
    x ^= x >> 4
    crc = ((crc << 8) ^ (x << 12) ^ (x << 5) ^ x) & 0xffff
  }
  return crc
}
