const POLYNOMIAL = 0x1021

/**
 * By nibble, because a table by byte would take 4 kB of flash. The register is in the upper half of 32 bits: shifting
 * drops what leaves it without a mask.
 */
const TABLE: readonly number[] = Object.freeze(
  Array.from({ length: 16 }, (_, nibble) => {
    let crc = nibble << 28
    for (let bit = 0; bit < 4; bit++) crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL << 16 : 0)
    return crc
  }),
)

/**
 * CRC-16 with polynomial 0x1021, most significant bit first, no reflection, no final XOR, over `bytes[start..end)`.
 * Initial value 0 is XMODEM ("123456789" -> 0x31C3, KMP), 0xFFFF is CCITT-FALSE (-> 0x29B1).
 */
export function crc16(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  const table = TABLE
  let crc = initial << 16
  for (let i = start; i < end; i++) {
    crc ^= bytes[i]! << 24
    crc = (crc << 4) ^ table[crc >>> 28]!
    crc = (crc << 4) ^ table[crc >>> 28]!
  }
  return crc >>> 16
}
