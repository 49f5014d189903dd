import type { FlashPort } from './flash.js'

/**
 * The two slots for images, and the boot record that says which one starts (ESP-IDF, app_update/esp_ota_ops.h). An image
 * that is started for the first time is on probation: any restart before `keep` brings back the image of the other slot.
 */
export interface SlotsPort {
  /** The number of the slot whose image runs, 0 or 1. */
  readonly running: number
  /** Whether the image that runs is on probation. */
  readonly isOnProbation: boolean
  /** The slot whose image does not run. Its size is the most that an image may have. */
  readonly spare: FlashPort
  /**
   * Checks the image in the spare slot as the boot loader does, and has it started at the next start, on probation.
   * False when it is no whole image, or flash does not take the boot record: the image that runs stays.
   */
  startSpareNext(): boolean
  /** Ends the probation of the image that runs. False when flash does not take it. */
  keep(): boolean
  /** Gives up the image that runs, and restarts at once with the other one. */
  giveUp(): void
}
