/** Effect of each high nibble for polynomial 0x3D65: half a byte at a time is fast enough and needs 16 entries. */
const NIBBLES: readonly number[] = Object.freeze([
  0x0000, 0x3d65, 0x7aca, 0x47af, 0xf594, 0xc8f1, 0x8f5e, 0xb23b, 0xd64d, 0xeb28, 0xac87, 0x91e2, 0x23d9, 0x1ebc,
  0x5913, 0x6476,
])

/**
 * CRC-16 of EN 13757-4 over `bytes[start..end)`: polynomial 0x3D65, initial value 0, most significant bit first, final
 * XOR 0xFFFF ("123456789" -> 0xC2B7).
 */
export function crc16En13757(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0
  for (let i = start; i < end; i++) {
    crc ^= bytes[i]! << 8
    crc = ((crc << 4) & 0xffff) ^ NIBBLES[crc >> 12]!
    crc = ((crc << 4) & 0xffff) ^ NIBBLES[crc >> 12]!
  }
  return crc ^ 0xffff
}
