import type { Partition } from '../../../image/partitions.js'
import { SimulatedFlash } from '../../../twin/flash.js'
import { makeImage } from '../../../twin/image.js'
import { RunningSlots, SimulatedSlots } from '../../../twin/slots.js'
import { filled } from './chip.js'
import type { Hardware, Part } from './hardware.js'

const ESP_OK = 0
const ESP_FAIL = -1
const ESP_ERR_NOT_FOUND = 0x105
const ESP_ERR_NOT_SUPPORTED = 0x106
/** A partition is known by the address of its record; 0 is none. */
const FIRST_RECORD = 0x3ffb_0000
const RECORD_SIZE = 0x40
const NONE = 0

/** ESP-IDF's numbers (esp_partition.h). */
const APP = 0
const FACTORY = 0
const OTA_0 = 0x10

/* esp_flash_partitions.h */
const VALID = 2
const PENDING_VERIFY = 1

const SECTOR = 4096

/**
 * The partitions for images and ESP-IDF's functions for them (app_update/esp_ota_ops.c): two slots and their boot record, or
 * a factory image alone. Every image here is the one that was linked: what is in a slot decides only whether and when it
 * starts.
 */
export class Ota implements Part {
  readonly operations
  /** What is in the two slots and their boot record, or in the partition of the factory image. */
  readonly content: SimulatedSlots | SimulatedFlash
  #hardware: Hardware
  #apps: readonly Partition[]
  /** Those that the boot record can name. */
  #slots: readonly Partition[]
  #running: RunningSlots | undefined

  /** @param content of a board that was there before */
  constructor(hardware: Hardware, table: readonly Partition[], content?: SimulatedSlots | SimulatedFlash) {
    this.#hardware = hardware
    this.#apps = table.filter(({ type }) => type === 'app')
    this.#slots = this.#apps.filter((partition) => subtypeOf(partition) >= OTA_0)
    if (![0, 2].includes(this.#slots.length)) throw new Error('a partition table with neither one image nor two slots')
    this.content = content ?? this.#flashed()
    this.reset()
    this.operations = {
      'ffi.esp_partition_find_first': (type: number, subtype: number) =>
        type === APP ? this.#addressOf(this.#apps.find((partition) => subtypeOf(partition) === subtype)) : NONE,
      'ffi.esp_ota_get_running_partition': () => this.#addressOf(this.runs),
      'ffi.esp_ota_get_next_update_partition': () => this.#addressOf(this.next),
      'ffi.esp_ota_get_state_partition': (address: number) => this.#state(address),
      'ffi.esp_ota_set_boot_partition': (address: number) => this.#startNext(address),
      'ffi.esp_ota_mark_app_valid_cancel_rollback': () => this.#keep(),
      'ffi.esp_ota_mark_app_invalid_rollback_and_reboot': () => this.#giveUp(),
    }
  }

  /** Number of the slot whose image runs; a factory image is in none. */
  get running(): number | undefined {
    return this.#running?.running
  }

  /** The partition whose image runs. */
  get runs(): Partition {
    return this.#slots[this.#running?.running ?? 0] ?? this.#apps[0]!
  }

  /** The slot for the next update; undefined where the table has none. */
  get next(): Partition | undefined {
    return this.#slots.find((slot) => slot !== this.runs)
  }

  contentOf(partition: Partition): SimulatedFlash | undefined {
    const { content } = this
    if (content instanceof SimulatedSlots) return content.images[this.#slots.indexOf(partition)]
    return partition === this.runs ? content : undefined
  }

  /** The boot loader. */
  reset(): void {
    const { content: slots } = this
    if (!(slots instanceof SimulatedSlots)) return
    const booted = slots.boot()
    if (booted === undefined) throw new Error('no slot has an image that starts')
    const restart = () => this.#hardware.restart(3)
    this.#running = new RunningSlots({ slots, running: booted.slot, power: { on: true }, restart })
  }

  #flashed(): SimulatedSlots | SimulatedFlash {
    const image = makeImage({ version: '0.1.0' })
    if (this.#slots.length === 0) return new SimulatedFlash({ sectors: this.#apps[0]!.size / SECTOR, content: image })
    const slots = new SimulatedSlots()
    slots.install(image)
    return slots
  }

  #state(address: number): number | ArrayBuffer {
    if (this.#running === undefined) return ESP_ERR_NOT_SUPPORTED
    if (address !== this.#addressOf(this.runs)) return ESP_ERR_NOT_FOUND
    return filled(ESP_OK, [this.#running.isOnProbation ? PENDING_VERIFY : VALID, 0, 0, 0])
  }

  #startNext(address: number): number {
    if (this.#running === undefined) return ESP_ERR_NOT_FOUND
    return address === this.#addressOf(this.next) && this.#running.startSpareNext() ? ESP_OK : ESP_FAIL
  }

  #keep(): number {
    if (this.#running === undefined) return ESP_ERR_NOT_FOUND
    return this.#running.keep() ? ESP_OK : ESP_FAIL
  }

  #giveUp(): number {
    if (this.#running === undefined) return ESP_ERR_NOT_FOUND
    this.#running.giveUp()
    return ESP_FAIL
  }

  #addressOf(partition: Partition | undefined): number {
    return partition === undefined ? NONE : FIRST_RECORD + RECORD_SIZE * this.#apps.indexOf(partition)
  }
}

/** `factory`, or `ota_` and a number. */
function subtypeOf({ subtype }: Partition): number {
  return subtype === 'factory' ? FACTORY : OTA_0 + Number(subtype.slice('ota_'.length))
}
