/** The polynomial of IEEE 802.3, reversed. */
const POLYNOMIAL = 0xedb88320

/** CRC-32 as ESP-IDF has it, esp_rom_crc32_le with UINT32_MAX: the register begins with 0, and the result is inverted. */
export function crc32(bytes: Uint8Array): number {
  let rest = 0
  for (const byte of bytes) {
    rest ^= byte
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? POLYNOMIAL : 0)
  }
  return ~rest >>> 0
}
