import type { Machine } from 'device/machine'
import Preference from 'preference'
import Time from 'time'
import { EXCEPTION, POWER_ON, RESET_PIN } from '../ports/reset-reason.js'
import type { SystemPort } from '../ports/system.js'
import { keptTime, machineSeconds } from '../time/kept-time.js'
import type { Faults } from './faults.js'
import { SDK_RELEASE } from './sdk-release.js'

const DOMAIN = 'meterlogger'
const ABORT = 'abort'

/** The engine calls `abort` before it gives up (manifest: `abortHook`), and passes over what that throws (xsPlatform.c:239). */
interface AbortHook {
  abort?: (cause: string) => void
}

/** Where the supply is measured, on a board that does: a pin behind a divider. */
interface Board {
  readonly supply?: number
  readonly supplyRatio?: number
}

/** The facts that the SDK and the chip know. The engine's reason to give up outlives the restart that follows. */
export function openSystem(board: Board, machine: Machine, faults: Faults): SystemPort {
  const abortCause = takeAbortCause(faults)
  ;(globalThis as AbortHook).abort = (cause) => Preference.set(DOMAIN, ABORT, cause)
  const reason = machine.resetReason()
  return {
    sdk: `moddable+${SDK_RELEASE}`,
    network: 'lwip',
    freeHeap: () => machine.freeHeap(),
    resetReason: abortCause === undefined ? reason : EXCEPTION,
    abortCause,
    chipId: machine.chipId(),
    flashId: machine.flashId(),
    flashSize: machine.flashSize(),
    supplyVoltage:
      board.supply === undefined ? () => undefined : machine.openSupply(board.supply, board.supplyRatio ?? 1),
    // ESP-IDF keeps the system time over every reset except power-on. The reset pin counts as power-on.
    keptTime: () => (reason === POWER_ON || reason === RESET_PIN ? undefined : keptTime(Date.now())),
    keepTime: (unix) => Time.set(machineSeconds(unix)),
    print: (text) => trace(`${text}\n`),
    restart: () => machine.restart(),
  }
}

/** Takes out what the engine said before this start, so that it explains one start only. */
function takeAbortCause(faults: Faults): string | undefined {
  let cause: string | undefined
  try {
    const stored = Preference.get(DOMAIN, ABORT)
    if (typeof stored !== 'string') return undefined
    cause = stored
    Preference.delete(DOMAIN, ABORT)
  } catch (error) {
    faults.report('cause of the restart', error)
  }
  return cause
}
