/** A CRC by another way than the firmware's: bit by bit, most significant bit first. */
export function crcBitwise(bytes: Uint8Array, polynomial: number, initial = 0): number {
  let crc = initial
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? polynomial : 0)) & 0xffff
  }
  return crc
}

export function crcEn13757(bytes: Uint8Array): number {
  return crcBitwise(bytes, 0x3d65) ^ 0xffff
}
