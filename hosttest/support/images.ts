import type { FlashPort } from '../../modules/ports/flash.js'

/** Writes an image to an erased slot, sector by sector. */
export function writeImage(slot: FlashPort, image: Uint8Array): void {
  for (let at = 0; at < image.length; at += slot.sectorSize) {
    slot.erase(at / slot.sectorSize)
    slot.write(at, image.subarray(at, at + slot.sectorSize))
  }
}
