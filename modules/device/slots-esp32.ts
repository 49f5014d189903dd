import type { Machine } from 'device/machine'
import type { FlashPort } from '../ports/flash.js'
import type { SlotsPort } from '../ports/slots.js'
import type { Faults } from './faults.js'
import { openPartition } from './partition.js'

/* ESP-IDF: esp_partition.h; esp_flash_partitions.h, esp_ota_img_states_t */
const APP = 0
const OTA_0 = 0x10
const PENDING_VERIFY = 1
const NONE = 0

/** The slots of `manifests/partitions.csv`; undefined on a board whose table has one slot only. */
export function openSlots(machine: Machine, faults: Faults): SlotsPort | undefined {
  const { idf } = machine
  const spareSlot = idf.esp_ota_get_next_update_partition(NONE)
  // A table with one slot has no other one, or has the one that runs (esp_ota_ops.c:813).
  if (spareSlot === NONE || spareSlot === idf.esp_ota_get_running_partition()) return undefined
  const spare = openPartition('nextota', 'the spare slot', faults)
  return spare && new Slots(machine, faults, spareSlot, spare)
}

/** ESP-IDF's boot record (app_update/esp_ota_ops.c). A partition is a pointer that stays valid. */
class Slots implements SlotsPort {
  readonly running: number
  readonly isOnProbation: boolean
  readonly spare: FlashPort
  #idf: Machine['idf']
  #faults: Faults
  #spareSlot: number

  constructor({ idf }: Machine, faults: Faults, spareSlot: number, spare: FlashPort) {
    this.#idf = idf
    this.#faults = faults
    this.#spareSlot = spareSlot
    this.spare = spare
    const runningSlot = idf.esp_ota_get_running_partition()
    this.running = runningSlot === idf.esp_partition_find_first(APP, OTA_0, NONE) ? 0 : 1
    const state = new Uint32Array(1)
    // What was flashed over the cable is not in the boot record, and on no probation (esp_ota_ops.c, ESP_ERR_NOT_FOUND).
    this.isOnProbation = idf.esp_ota_get_state_partition(runningSlot, state.buffer) === 0 && state[0] === PENDING_VERIFY
  }

  startSpareNext(): boolean {
    return this.#faults.isOk('esp_ota_set_boot_partition', this.#idf.esp_ota_set_boot_partition(this.#spareSlot))
  }

  keep(): boolean {
    return this.#faults.isOk('esp_ota_mark_app_valid', this.#idf.esp_ota_mark_app_valid_cancel_rollback())
  }

  /** Where there is nothing to go back to, ESP-IDF refuses and does not restart. */
  giveUp(): void {
    this.#faults.isOk('esp_ota_mark_app_invalid', this.#idf.esp_ota_mark_app_invalid_rollback_and_reboot())
  }
}
