/**
 * NOR flash of one partition: an erase sets every bit of a sector, a write only clears bits, and a power cut may leave
 * either half done. No method throws; each says whether the flash did it.
 */
export interface FlashPort {
  /** Bytes; a multiple of `sectorSize`. */
  readonly size: number
  readonly sectorSize: number
  /** Fills `into`. After a failure `into` may hold anything. */
  read(offset: number, into: Uint8Array): boolean
  write(offset: number, bytes: Uint8Array): boolean
  /** @param sector number of the sector, from 0 */
  erase(sector: number): boolean
}
