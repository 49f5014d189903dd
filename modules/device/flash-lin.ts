import type { FlashPort } from '../ports/flash.js'

/** The simulator has no flash: samples wait in memory there. */
export function openFlash(): FlashPort | undefined {
  return undefined
}
