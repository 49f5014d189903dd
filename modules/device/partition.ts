import flash from 'embedded:storage/flash'
import type { FlashPort } from '../ports/flash.js'
import type { Faults } from './faults.js'

/**
 * A partition of the chip's flash to read and write; undefined when it cannot be opened.
 * @param path its label, or `nextota` for the slot whose image does not run (flash-esp32.c)
 * @param what names it in the log
 */
export function openPartition(path: string, what: string, faults: Faults): FlashPort | undefined {
  const attempt = (action: string, act: () => void) => {
    try {
      act()
      return true
    } catch (error) {
      faults.report(`${action} ${what}`, error)
      return false
    }
  }
  let port: FlashPort | undefined
  attempt('opening', () => {
    const partition = flash.open({ path, mode: 'r+' })
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
