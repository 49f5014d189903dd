import flash from 'embedded:storage/flash'
import type { FlashPort } from '../ports/flash.js'

/** The partition `journal` (`manifests/partitions.csv`); undefined on a board whose table has none. */
export function openFlash(): FlashPort | undefined {
  if (![...flash].includes('journal')) return undefined
  const partition = flash.open({ path: 'journal', mode: 'r+' })
  const { size, blockLength } = partition.status()
  return {
    size,
    sectorSize: blockLength,
    read(offset, into) {
      partition.read(into, offset)
    },
    write(offset, bytes) {
      partition.write(bytes, offset)
    },
    erase(sector) {
      partition.eraseBlock(sector)
    },
  }
}
