import { type Partition, parsePartitions } from '../../../image/partitions.js'
import { PowerCut, SimulatedFlash } from '../../../twin/flash.js'
import type { Hardware, Part } from './hardware.js'
import { Ota } from './ota.js'

/** A sector of a 4 MB chip takes this to erase, 400 ms at the end of its life; a page of 256 bytes this to write. */
const ERASE_TIME = 45
const PAGE_TIME = 0.7
const PAGE = 256

const SECTOR = 4096

/**
 * The flash chip and its partition table, which is the one that the firmware is built with. Only the data partitions that
 * no other part of the board has are there to read and write.
 *
 * IDF components/esp_partition/partition_target.c, components/spi_flash: what is written over something that was not
 * erased is an AND; the task waits while the chip is busy, and so does every interrupt whose code is in flash.
 */
export class FlashChip implements Part {
  readonly operations
  readonly table: readonly Partition[]
  /** The content of the partition that has none of its own elsewhere. */
  readonly journal: SimulatedFlash
  readonly ota: Ota
  /** Writes of a 1 over a 0, which a chip does not do, and does not tell. */
  overwrites = 0
  eraseTime = ERASE_TIME
  /** Called when the chip is busy for so many milliseconds from now on. */
  onBusy: ((ms: number) => void) | undefined
  #hardware: Hardware
  #part: Partition

  constructor(
    hardware: Hardware,
    { table = build.partitions, journal, ota }: { table?: string; journal?: SimulatedFlash; ota?: Ota } = {},
  ) {
    this.#hardware = hardware
    this.table = parsePartitions(table)
    this.#part = this.table.find(({ label }) => label === 'journal') ?? NO_PARTITION
    this.journal = journal ?? new SimulatedFlash({ sectors: this.#part.size / SECTOR, random: () => 0.5 })
    this.ota = new Ota(hardware, this.table, ota?.content)
    this.operations = {
      ...this.ota.operations,
      'flash.label': (index: number) => this.table[index]?.label,
      'flash.find': (path: string) => this.#find(path)?.label,
      'flash.size': (label: string) => this.#named(label).size,
      'flash.blockLength': () => SECTOR,
      'flash.read': (label: string, offset: number, length: number) => this.#read(this.#named(label), offset, length),
      'flash.write': (label: string, offset: number, bytes: ArrayBuffer) =>
        this.#write(this.#named(label), offset, new Uint8Array(bytes)),
      'flash.erase': (label: string, start: number, stop: number) => this.#erase(this.#named(label), start, stop),
    }
  }

  reset(): void {
    this.journal.powerOn()
    this.ota.reset()
  }

  #find(path: string): Partition | undefined {
    if (path === 'running') return this.ota.runs
    if (path === 'nextota') return this.ota.next
    if (path === 'xs') return undefined
    return this.table.find(({ type, label }) => type === 'data' && label === path)
  }

  #named(label: string): Partition {
    return this.table.find((partition) => partition.label === label)!
  }

  #read(partition: Partition, offset: number, length: number): ArrayBuffer | undefined {
    if (!fits(partition, offset, length)) return undefined
    const into = new Uint8Array(length).fill(0xff)
    this.#content(partition)?.read(offset, into)
    return into.buffer
  }

  #write(partition: Partition, offset: number, bytes: Uint8Array): string | undefined {
    if (!fits(partition, offset, bytes.length)) return 'write failed'
    this.#busy(Math.ceil(bytes.length / PAGE) * PAGE_TIME)
    const content = this.#content(partition)
    if (content === undefined) return undefined
    const old = new Uint8Array(bytes.length)
    content.read(offset, old)
    if (bytes.some((byte, i) => byte & ~old[i]!)) this.overwrites++
    this.#powered(() =>
      content.write(
        offset,
        bytes.map((byte, i) => byte & old[i]!),
      ),
    )
    return undefined
  }

  #erase(partition: Partition, start: number, stop: number): string | undefined {
    if (stop < start || !fits(partition, start * SECTOR, (stop - start) * SECTOR)) return 'erase failed'
    for (let sector = start; sector < stop && alive(); sector++) {
      this.#busy(this.eraseTime)
      this.#powered(() => this.#content(partition)?.erase(sector))
    }
    return undefined
  }

  #content(partition: Partition): SimulatedFlash | undefined {
    return partition === this.#part ? this.journal : this.ota.contentOf(partition)
  }

  #powered(change: () => void): void {
    try {
      change()
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error
      this.#hardware.powerOff()
    }
  }

  #busy(ms: number): void {
    this.#hardware.block(ms)
    this.onBusy?.(ms)
  }
}

const NO_PARTITION: Partition = { label: '', type: '', subtype: '', offset: 0, size: 0 }

function fits({ size }: Partition, offset: number, length: number): boolean {
  return offset >= 0 && length >= 0 && offset + length <= size
}
