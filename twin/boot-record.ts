import { crc32 } from '../image/crc32.js'
import type { SimulatedFlash } from './flash.js'

/*
 * The boot record of ESP-IDF v6.0: two sectors, each with one entry of 32 bytes (esp_flash_partitions.h:78-83).
 * The CRC covers the sequence number only.
 */

/** esp_flash_partitions.h:67-74. */
export const State = {
  New: 0,
  PendingVerify: 1,
  Valid: 2,
  Invalid: 3,
  Aborted: 4,
  Undefined: 0xffffffff,
} as const

/** Slots of the partition table. */
const SLOTS = 2
const SIZE = 32
const NO_SEQUENCE = 0xffffffff
/** Bytes that the CRC covers. */
const CHECKED = 4

export class Entry {
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array = new Uint8Array(SIZE).fill(0xff)) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }

  /** What is in a sector of the record. */
  static read(record: SimulatedFlash, sector: number): Entry {
    const bytes = new Uint8Array(SIZE)
    record.read(sector * record.sectorSize, bytes)
    return new Entry(bytes)
  }

  get sequence(): number {
    return this.#view.getUint32(0, true)
  }

  get state(): number {
    return this.#view.getUint32(24, true)
  }

  /** The slot that the entry is about. */
  get slot(): number {
    return ((this.sequence - 1) >>> 0) % SLOTS
  }

  /** Whether its number is a number that was written whole. */
  get isWhole(): boolean {
    return this.sequence !== NO_SEQUENCE && this.hasCrc
  }

  get hasCrc(): boolean {
    return this.#view.getUint32(28, true) === crc32(this.#bytes.subarray(0, CHECKED))
  }

  /** Whether nothing was written, or its image has failed (bootloader_common_loader.c:72-75). */
  get isOut(): boolean {
    return this.sequence === NO_SEQUENCE || this.state === State.Invalid || this.state === State.Aborted
  }

  /** Whether the boot loader may go by it (bootloader_common_loader.c:77-80). */
  get isValid(): boolean {
    return !this.isOut && this.hasCrc
  }

  /** Writes the entry to the sector with this number and state; its label stays. */
  rewrite(record: SimulatedFlash, sector: number, sequence: number, state: number): void {
    this.#view.setUint32(0, sequence, true)
    this.#view.setUint32(28, crc32(this.#bytes.subarray(0, CHECKED)), true)
    this.mark(record, sector, state)
  }

  /** Writes the entry to the sector with this state; a CRC that is wrong stays wrong, as in the boot loader's own writes. */
  mark(record: SimulatedFlash, sector: number, state: number): void {
    this.#view.setUint32(24, state, true)
    record.erase(sector)
    record.write(sector * record.sectorSize, this.#bytes)
  }
}

export type Entries = readonly [Entry, Entry]

export function readEntries(record: SimulatedFlash): Entries {
  return [Entry.read(record, 0), Entry.read(record, 1)]
}

/** The sector that counts: of two valid ones that with the higher number, the first if equal (bootloader_common_loader.c:145-169). */
export function activeOf([first, second]: Entries): 0 | 1 | undefined {
  if (first.isValid && second.isValid) return first.sequence >= second.sequence ? 0 : 1
  return first.isValid ? 0 : second.isValid ? 1 : undefined
}

/** The least number after `current` that stands for the slot (esp_ota_ops.c:557-603). */
export function sequenceFor(slot: number, current: number): number {
  let sequence = (slot + 1) % SLOTS
  while (current > sequence) sequence += SLOTS
  return sequence
}
