import type { FlashPort } from '../../../modules/ports/flash.js'

const SECTOR = 4096

/** The flash is native on the device; this does what it does with the fewest instructions. */
export function nativeFlash(sectors: number): FlashPort {
  const content = new Uint8Array(sectors * SECTOR).fill(0xff)
  return {
    size: content.length,
    sectorSize: SECTOR,
    read(offset, into) {
      into.set(content.subarray(offset, offset + into.length))
      return true
    },
    write(offset, bytes) {
      content.set(bytes, offset)
      return true
    },
    erase(sector) {
      content.fill(0xff, sector * SECTOR, (sector + 1) * SECTOR)
      return true
    },
  }
}
