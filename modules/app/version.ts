import type { Flags } from './flags.js'

export const RELEASE = '0.1.0'

/** What the SDK's build calls every image in its descriptor (xsProj-esp32/CMakeLists.txt). */
export const PROJECT = 'xs_esp32'

/** The model part of the version text; the server looks for its words to know what a device is. */
export function modelText(flags: Flags): string {
  let text = flags.model
  if (flags.flowMeter) text += '-FLOW'
  if (flags.driver.tellsThermo) text += flags.thermoNormallyOpen ? '-THERMO_NO' : '-THERMO_NC'
  if (flags.thermoOnAc2) text += '-THERMO_ON_AC_2'
  if (!flags.autoClose) text += '-NO_AUTO_CLOSE'
  if (flags.stackTrace) text += '-DEBUG_STACK_TRACE'
  if (!flags.cron) text += '-NO_CRON'
  return text
}
