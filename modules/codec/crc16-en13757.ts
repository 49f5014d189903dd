const POLYNOMIAL = 0x3d65

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
 * CRC-16/EN-13757 over `bytes[start..end)`: polynomial 0x3D65, initial value 0, most significant bit first, no
 * reflection, final XOR 0xFFFF ("123456789" -> 0xC2B7).
 */
export function crc16En13757(bytes: Uint8Array, start: number, end: number): number {
  return updateCrc(0, bytes, start, end) ^ 0xffff
}

/** The register after these bytes, without the final XOR: for a checksum over several pieces. */
export function updateCrc(register: number, bytes: Uint8Array, start: number, end: number): number {
  const table = TABLE
  let crc = register << 16
  for (let i = start; i < end; i++) {
    crc ^= bytes[i]! << 24
    crc = (crc << 4) ^ table[crc >>> 28]!
    crc = (crc << 4) ^ table[crc >>> 28]!
  }
  return crc >>> 16
}
