const POLYNOMIAL = 0x1021

/**
 * By byte, in the upper half of 32 bits: shifting drops what leaves the register without a mask. An array of slots would
 * take 4 kB of flash.
 */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL << 16 : 0)
  return crc
})

/**
 * CRC-16 with polynomial 0x1021, most significant bit first, no reflection, no final XOR, over `bytes[start..end)`.
 * Initial value 0 is XMODEM ("123456789" -> 0x31C3, KMP), 0xFFFF is CCITT-FALSE (-> 0x29B1).
 */
export function crc16(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  const table = TABLE
  let crc = initial << 16
  for (let i = start; i < end; i++) crc = (crc << 8) ^ table[(crc >>> 24) ^ bytes[i]!]!
  return crc >>> 16
}
