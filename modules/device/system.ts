import { chipId, flashId, flashSize, freeHeap, openSupply, resetReason, restart } from 'device/machine'
import Preference from 'preference'
import Time from 'time'
import { keptTime, machineSeconds } from '../network/kept-time.js'
import type { SystemPort } from '../ports/system.js'

const DOMAIN = 'meterlogger'
const ABORT = 'abort'
const POWER_ON = 0
const EXCEPTION = 2
const RESET_PIN = 6

/** The engine calls `abort` before it gives up (manifest: `abortHook`). */
interface AbortHook {
  abort?: (cause: string) => void
}

/** Where the supply is measured, on a board that does: a pin behind a divider. */
interface Board {
  readonly supply?: number
  readonly supplyRatio?: number
}

/** What the SDK and the chip tell of themselves. The engine's reason to give up is kept over the restart that follows. */
export function openSystem(board: Board): SystemPort {
  const stored = Preference.get(DOMAIN, ABORT)
  const abortCause = typeof stored === 'string' ? stored : undefined
  if (abortCause !== undefined) Preference.delete(DOMAIN, ABORT)
  ;(globalThis as AbortHook).abort = (cause) => Preference.set(DOMAIN, ABORT, cause)
  const reason = resetReason()
  return {
    sdk: 'moddable+8.2.3',
    network: 'lwip',
    freeHeap,
    resetReason: abortCause === undefined ? reason : EXCEPTION,
    abortCause,
    chipId: chipId(),
    flashId: flashId(),
    flashSize: flashSize(),
    supplyVoltage: board.supply === undefined ? () => undefined : openSupply(board.supply, board.supplyRatio ?? 1),
    // ESP-IDF keeps the system time over every reset but that of power, which the pin for a reset is too.
    keptTime: () => (reason === POWER_ON || reason === RESET_PIN ? undefined : keptTime(Date.now())),
    keepTime: (unix) => Time.set(machineSeconds(unix)),
    restart,
  }
}
