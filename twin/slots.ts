import type { FlashPort } from '../modules/ports/flash.js'
import type { SlotsPort } from '../modules/ports/slots.js'
import { activeOf, Entry, readEntries, State, sequenceFor } from './boot-record.js'
import { SimulatedFlash } from './flash.js'
import { checkImage, type InstalledImage } from './image-check.js'
import { powered } from './powered.js'

/** Bytes of a slot in the partition table. */
export const SLOT_SIZE = 0x190000

export const SLOT_SECTORS = SLOT_SIZE / 4096

/** The sectors of the boot record. */
export const RECORD_SECTORS = 2

export interface SimulatedSlotsOptions {
  readonly images?: readonly [SimulatedFlash, SimulatedFlash]
  /** The partition `otadata`. */
  readonly record?: SimulatedFlash
  readonly chip?: string
}

/** The two slots and the boot record in flash, which stay while machines start and restart. */
export class SimulatedSlots {
  readonly images: readonly [SimulatedFlash, SimulatedFlash]
  readonly record: SimulatedFlash
  readonly #chip: string

  constructor({ images, record, chip = 'esp32' }: SimulatedSlotsOptions = {}) {
    const slot = () => new SimulatedFlash({ sectors: SLOT_SECTORS })
    this.images = images ?? [slot(), slot()]
    this.record = record ?? new SimulatedFlash({ sectors: RECORD_SECTORS })
    this.#chip = chip
  }

  /** What a slot has in it; undefined when it would not start. */
  imageOf(slot: number): InstalledImage | undefined {
    return checkImage(this.images[slot]!, this.#chip)
  }

  /** Writes an image as the cable does: the boot record forgets everything, and slot 0 starts. */
  install(image: Uint8Array): void {
    const [slot] = this.images
    for (let sector = 0; sector * slot.sectorSize < image.length; sector++) slot.erase(sector)
    slot.write(0, image)
    for (let sector = 0; sector < RECORD_SECTORS; sector++) this.record.erase(sector)
  }

  /** The boot loader. Undefined when no slot has an image that starts: a board would restart for ever. */
  boot(): { readonly slot: number; readonly image: InstalledImage } | undefined {
    const { slot: chosen, isBlank } = this.#choose()
    // It works backwards from the slot that it has chosen, and then forwards (bootloader_utility.c:593-619).
    for (const slot of chosen === 1 ? [1, 0] : [0, 1]) {
      const image = this.imageOf(slot)
      if (image === undefined) continue
      if (isBlank) new Entry().rewrite(this.record, 0, slot + 1, State.Valid)
      return { slot, image }
    }
    return undefined
  }

  /**
   * The slot that the record says, after images on probation have lost it and a new one has begun its own
   * (bootloader_utility.c:378-469, with CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE and no factory image).
   */
  #choose(): { readonly slot: number; readonly isBlank: boolean } {
    const entries = readEntries(this.record)
    for (const [sector, entry] of entries.entries())
      if (entry.state === State.PendingVerify) entry.mark(this.record, sector, State.Aborted)
    if (entries.every(({ isOut }) => isOut)) return { slot: 0, isBlank: !entries.some(({ isWhole }) => isWhole) }
    const active = activeOf(entries)
    if (active === undefined) return { slot: 0, isBlank: false }
    const entry = entries[active]
    if (entry.state === State.New) entry.mark(this.record, active, State.PendingVerify)
    return { slot: entry.slot, isBlank: false }
  }
}

interface RunningSlotsOptions {
  readonly slots: SimulatedSlots
  /** Number of the slot whose image runs. */
  readonly running: number
  readonly power: { readonly on: boolean }
  /** Restarts the machine at once. */
  readonly restart: () => void
}

/** The slots as the image sees them that runs. */
export class RunningSlots implements SlotsPort {
  readonly running: number
  readonly isOnProbation: boolean
  readonly spare: FlashPort
  #slots: SimulatedSlots
  #power: { readonly on: boolean }
  #restart: () => void

  constructor({ slots, running, power, restart }: RunningSlotsOptions) {
    this.running = running
    this.spare = powered(power, slots.images[1 - running]!)
    this.#power = power
    this.#slots = slots
    this.#restart = restart
    // esp_ota_get_state_partition, esp_ota_ops.c:1083-1115: the first entry of this slot counts.
    const entry = readEntries(slots.record).find(({ slot, hasCrc }) => slot === running && hasCrc)
    this.isOnProbation = entry?.state === State.PendingVerify
  }

  /** esp_ota_set_boot_partition, esp_ota_ops.c:639-716. */
  startSpareNext(): boolean {
    const { record } = this.#slots
    const spare = 1 - this.running
    if (!this.#power.on || this.#slots.imageOf(spare) === undefined) return false
    const entries = readEntries(record)
    const active = activeOf(entries)
    if (active === undefined) {
      entries[0].rewrite(record, 0, spare + 1, State.New)
      return true
    }
    const { slot, sequence } = entries[active]
    const next = slot === spare ? active : ((1 - active) as 0 | 1)
    entries[next].rewrite(record, next, slot === spare ? sequence : sequenceFor(spare, sequence), State.New)
    return true
  }

  /** esp_ota_mark_app_valid_cancel_rollback, esp_ota_ops.c:980-1023. */
  keep(): boolean {
    return this.#power.on && this.#mark(State.Valid)
  }

  /** esp_ota_mark_app_invalid_rollback_and_reboot, esp_ota_ops.c:1030-1037: where there is nothing to go back to, it refuses. */
  giveUp(): void {
    if (this.#power.on && this.#canGoBack() && this.#mark(State.Invalid)) this.#restart()
  }

  #mark(state: number): boolean {
    const { record } = this.#slots
    const entries = readEntries(record)
    const active = activeOf(entries)
    if (active === undefined) return false
    if (entries[active].state !== state) entries[active].mark(record, active, state)
    return true
  }

  /** esp_ota_check_rollback_is_possible, esp_ota_ops.c:924-976. */
  #canGoBack(): boolean {
    const entries = readEntries(this.#slots.record)
    const active = activeOf(entries)
    if (active === undefined) return false
    const last = entries[active === 0 ? 1 : 0]
    return last.isValid && this.#slots.imageOf(last.slot) !== undefined
  }
}
