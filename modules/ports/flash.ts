/**
 * NOR flash of one partition: an erase sets every bit of a sector, a write only clears bits, and a power cut may leave
 * either half done.
 */
export interface FlashPort {
  /** Bytes; a multiple of `sectorSize`. */
  readonly size: number
  readonly sectorSize: number
  /** Fills `into`. */
  read(offset: number, into: Uint8Array): void
  write(offset: number, bytes: Uint8Array): void
  /** @param sector number of the sector, from 0 */
  erase(sector: number): void
}
