import { FileFlash } from './file-flash.js'
import { RECORD_SECTORS, SimulatedSlots, SLOT_SECTORS } from './slots.js'

/** Slots and boot record as files in a folder. */
export function fileSlots(folder: string): { readonly slots: SimulatedSlots; close(): void } {
  const files = [
    new FileFlash(folder, 'ota_0.flash', SLOT_SECTORS),
    new FileFlash(folder, 'ota_1.flash', SLOT_SECTORS),
    new FileFlash(folder, 'otadata.flash', RECORD_SECTORS),
  ] as const
  const [first, second, record] = files
  return {
    slots: new SimulatedSlots({ images: [first, second], record }),
    close: () => {
      for (const file of files) file.close()
    },
  }
}
