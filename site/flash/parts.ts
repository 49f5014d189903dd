import type { Partition } from '../../image/partitions.js'
import { NVS_OFFSET, NVS_SIZE } from '../../image/provision.js'
import { failure, type Result, success } from '../../modules/codec/result.js'
import { BOOT_LOADER_AT, withFlashSize } from './boot-loader.js'
import type { Firmware } from './firmware.js'
import { TABLE_OFFSET } from './partition-table.js'

/** What somebody wants on the board. */
export interface Wish {
  readonly firmware: Firmware | undefined
  /** The partition `nvs` of a board that begins anew; undefined where it keeps its key and settings. */
  readonly provision: Uint8Array | undefined
  readonly erasesJournal: boolean
}

/** Bytes and the place in flash that they go to. */
export interface Part {
  readonly name: string
  readonly address: number
  readonly data: Uint8Array
  /** Whether these are the bytes of erased flash. */
  readonly isErased?: boolean
}

const MEGABYTE = 0x10_0000

/**
 * What is written where, in this order. The boot loader comes last: a board that has had none does not start what is not all
 * there, and one that has one checks the program.
 * @param chip of the board and of the firmware, as ESP-IDF names it
 * @param flashSize of the board, bytes
 */
export function partsOf({ firmware, provision, erasesJournal }: Wish, chip: string, flashSize: number): Result<Part[]> {
  const parts: Part[] = []
  if (firmware === undefined) {
    if (provision !== undefined) parts.push({ name: 'key and settings', address: NVS_OFFSET, data: provision })
    return success(parts)
  }
  const { partitions } = firmware
  const end = Math.max(...partitions.map(({ offset, size }) => offset + size))
  if (end > flashSize)
    return failure(
      `the flash of the board is too small: it has ${megabytes(flashSize)}, the table needs ${megabytes(end)}`,
    )
  const slot = partitions.find(({ type, subtype }) => type === 'app' && /^(factory|ota_0)$/.test(subtype))
  if (slot === undefined) return failure('the partition table has no place for a program')
  if (firmware.program.length > slot.size)
    return failure(
      `the program has ${firmware.program.length} bytes, and its place in the partition table ${slot.size}: programs with BLE or TLS need partitions-one-slot.csv`,
    )
  const bootAt = BOOT_LOADER_AT[chip]!
  if (firmware.bootLoader.length > TABLE_OFFSET - bootAt) return failure('the boot loader is too large for its place')
  parts.push({ name: 'program', address: slot.offset, data: firmware.program })
  if (provision !== undefined) {
    const nvs = partitions.find(({ label }) => label === 'nvs')
    if (nvs?.size !== NVS_SIZE) return failure(`the partition table has no partition nvs of ${NVS_SIZE} bytes`)
    parts.push({ name: 'key and settings', address: nvs.offset, data: provision })
  }
  if (erasesJournal) {
    const journal = partitions.find(({ label }) => label === 'journal')
    if (journal === undefined) return failure('the partition table has no journal')
    parts.push(erased('the journal, erased', journal))
  }
  // Without a word there the first slot starts: the one that is written.
  const choice = partitions.find(({ type, subtype }) => type === 'data' && subtype === 'ota')
  if (choice !== undefined) parts.push(erased('which program starts', choice))
  parts.push({ name: 'partition table', address: TABLE_OFFSET, data: firmware.table })
  parts.push({ name: 'boot loader', address: bootAt, data: withFlashSize(firmware.bootLoader, flashSize) })
  return success(parts)
}

function erased(name: string, { offset, size }: Partition): Part {
  return { name, address: offset, data: new Uint8Array(size).fill(0xff), isErased: true }
}

function megabytes(bytes: number): string {
  return `${Math.ceil((10 * bytes) / MEGABYTE) / 10} MB`
}
