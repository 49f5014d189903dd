import { hasMark, Kind, Mark } from '../modules/delivery/journal/entry.js'
import { Log } from '../modules/delivery/journal/log.js'
import { after } from '../modules/delivery/journal/ring.js'
import type { FlashPort } from '../modules/ports/flash.js'

/** How many samples wait in a journal for the broker, as its flash has them now; 0 where the flash cannot be read. */
export function waitingIn(flash: FlashPort): number {
  const log = new Log(flash)
  try {
    for (const _ of log.open());
    let count = 0
    for (const ring of [log.archive, log.recent]) {
      for (let entry = ring.find(undefined); entry !== undefined; entry = ring.find(after(entry))) {
        const isArchived = ring === log.recent && entry.sequence <= log.archive.lastSequence
        if (entry.kind !== Kind.BootTime && !hasMark(entry, Mark.Delivered) && !isArchived) count++
      }
    }
    return count
  } catch {
    // Power is off.
    return 0
  }
}

/** ms between two counts, by the computer's clock. */
const PAUSE = 2_000

/** How many samples wait, counted now and then: a journal of weeks is long. */
export class WaitingSamples {
  #flash: FlashPort
  #count = 0
  #next = 0

  constructor(flash: FlashPort) {
    this.#flash = flash
  }

  count(): number {
    const now = performance.now()
    if (now >= this.#next) {
      this.#count = waitingIn(this.#flash)
      this.#next = now + PAUSE
    }
    return this.#count
  }
}
