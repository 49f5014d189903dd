import { FileFlash } from '../twin/file-flash.js'
import { fileSlots } from '../twin/file-slots.js'
import { FileStorage } from '../twin/file-storage.js'
import { SimulatedFlash } from '../twin/flash.js'
import { MemoryStorage } from '../twin/memory-storage.js'
import { UsageError } from './errors.js'

/** As large as the journal's partition. */
const SECTORS = 192

/** What a board keeps: in this folder, or in memory. Throws `UsageError` where the folder is of no use. */
export function openBoard(folder: string | undefined) {
  if (folder === undefined)
    return { slots: undefined, storage: new MemoryStorage(), flash: new SimulatedFlash({ sectors: SECTORS }) }
  try {
    const slots = fileSlots(folder)
    return { slots, storage: new FileStorage(folder), flash: new FileFlash(folder, 'journal.flash', SECTORS) }
  } catch (error) {
    throw new UsageError(`--state: ${(error as Error).message}`)
  }
}
