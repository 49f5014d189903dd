import flash from 'embedded:storage/flash'
import type { FlashPort } from '../ports/flash.js'
import type { Faults } from './faults.js'
import { openPartition } from './partition.js'

const PARTITION = 'journal'

/** The partition `journal` (`manifests/partitions.csv`); undefined on a board whose table has none. */
export function openFlash(faults: Faults): FlashPort | undefined {
  try {
    return [...flash].includes(PARTITION) ? openPartition(PARTITION, 'flash', faults) : undefined
  } catch (error) {
    faults.report('opening flash', error)
    return undefined
  }
}
