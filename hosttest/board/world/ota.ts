import type { Partition } from '../../../image/partitions.js'
import { makeImage } from '../../../twin/image.js'
import { RunningSlots, SimulatedSlots } from '../../../twin/slots.js'
import { filled } from './chip.js'
import type { Hardware, Part } from './hardware.js'

const ESP_OK = 0
const ESP_FAIL = -1
const ESP_ERR_NOT_FOUND = 0x105
/** A partition is known by the address of its record; 0 is none. */
const FIRST_RECORD = 0x3ffb_0000
const RECORD_SIZE = 0x40

/** ESP-IDF's numbers (esp_partition.h). */
const APP = 0
const OTA_0 = 0x10

/* esp_flash_partitions.h */
const VALID = 2
const PENDING_VERIFY = 1

/**
 * The slots for images and ESP-IDF's functions for them (app_update/esp_ota_ops.c). Every image here is the one that was
 * linked: what is in a slot decides only whether and when it starts.
 */
export class Ota implements Part {
  readonly operations
  readonly slots: SimulatedSlots
  #hardware: Hardware
  #table: readonly Partition[]
  #running!: RunningSlots

  constructor(hardware: Hardware, table: readonly Partition[], slots = new SimulatedSlots()) {
    this.#hardware = hardware
    this.#table = table.filter(({ type }) => type === 'app')
    this.slots = slots
    if (slots.images.every(({ covered }) => covered.length === 0)) slots.install(makeImage({ version: '0.1.0' }))
    this.reset()
    this.operations = {
      'ffi.esp_partition_find_first': (type: number, subtype: number) =>
        type === APP ? this.#address(subtype - OTA_0) : 0,
      'ffi.esp_ota_get_running_partition': () => this.#address(this.#running.running),
      'ffi.esp_ota_get_next_update_partition': () => this.#address(1 - this.#running.running),
      'ffi.esp_ota_get_state_partition': (address: number) => this.#state(address),
      'ffi.esp_ota_set_boot_partition': (address: number) =>
        address === this.#address(1 - this.#running.running) && this.#running.startSpareNext() ? ESP_OK : ESP_FAIL,
      'ffi.esp_ota_mark_app_valid_cancel_rollback': () => (this.#running.keep() ? ESP_OK : ESP_FAIL),
      'ffi.esp_ota_mark_app_invalid_rollback_and_reboot': () => {
        this.#running.giveUp()
        return ESP_FAIL
      },
    }
  }

  /** Number of the slot whose image runs. */
  get running(): number {
    return this.#running.running
  }

  /** The boot loader. */
  reset(): void {
    const booted = this.slots.boot()
    if (booted === undefined) throw new Error('no slot has an image that starts')
    const restart = () => this.#hardware.restart(3)
    this.#running = new RunningSlots({ slots: this.slots, running: booted.slot, power: { on: true }, restart })
  }

  #state(address: number): number | ArrayBuffer {
    if (address !== this.#address(this.#running.running)) return ESP_ERR_NOT_FOUND
    return filled(ESP_OK, [this.#running.isOnProbation ? PENDING_VERIFY : VALID, 0, 0, 0])
  }

  #address(slot: number): number {
    return slot in this.#table ? FIRST_RECORD + RECORD_SIZE * slot : 0
  }
}
