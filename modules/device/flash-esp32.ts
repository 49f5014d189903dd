import flash from 'embedded:storage/flash'
import type { FlashPort } from '../ports/flash.js'
import type { Faults } from './faults.js'

const PARTITION = 'journal'

/** The partition `journal` (`manifests/partitions.csv`); undefined on a board whose table has none. */
export function openFlash(faults: Faults): FlashPort | undefined {
  const attempt = (what: string, action: () => void) => {
    try {
      action()
      return true
    } catch (error) {
      faults.report(`${what} flash`, error)
      return false
    }
  }
  let port: FlashPort | undefined
  attempt('opening', () => {
    if (![...flash].includes(PARTITION)) return
    const partition = flash.open({ path: PARTITION, mode: 'r+' })
    const { size, blockLength } = partition.status()
    port = {
      size,
      sectorSize: blockLength,
      read: (offset, into) => attempt('reading', () => partition.read(into, offset)),
      write: (offset, bytes) => attempt('writing', () => partition.write(bytes, offset)),
      erase: (sector) => attempt('erasing', () => partition.eraseBlock(sector)),
    }
  })
  return port
}
