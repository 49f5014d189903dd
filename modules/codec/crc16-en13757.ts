const POLYNOMIAL = 0x3d65

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
  for (let i = start; i < end; i++) crc = (crc << 8) ^ table[(crc >>> 24) ^ bytes[i]!]!
  return crc >>> 16
}
