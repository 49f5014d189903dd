import type { Ledger } from '../ledger.js'
import type { World } from '../world.js'

/** Erases of one sector of the journal, and writes of settings, in a day: far from what wears the part (docs/flash-wear.md). */
const ERASES_A_DAY = 3
const WRITES_A_DAY = 150
/** What each command that is done, and each boot, may write beside that. */
const WRITES_A_COMMAND = 2
const WRITES_A_BOOT = 6

const DAY = 86_400_000

/** Nobody makes the device write without bound. */
export class WearChecker {
  #world: World
  #ledger: Ledger

  constructor(world: World, ledger: Ledger) {
    this.#world = world
    this.#ledger = ledger
  }

  close(): void {
    const { clock, storage, flash, operator, boots } = this.#world
    const days = 1 + clock.now() / DAY
    const most = WRITES_A_DAY * days + WRITES_A_COMMAND * operator.sent + WRITES_A_BOOT * boots
    const writes = storage.writes('')
    if (writes > most) this.#ledger.violate('wear', `${writes} writes, at most ${most.toFixed(0)} expected`)
    const erases = Math.max(...flash.erases)
    if (erases > ERASES_A_DAY * days) this.#ledger.violate('wear', `a sector was erased ${erases} times`)
  }
}
