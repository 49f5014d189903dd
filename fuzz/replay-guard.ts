import { equal } from 'node:assert/strict'
import { type Effect, ReplayGuard, TIME_WINDOW } from '../modules/mqttcrypto/replay-guard.js'
import { Slots } from '../modules/storage/slots.js'
import { MemoryStorage } from '../twin/memory-storage.js'

const NOW = 1_800_000_000
const CLOCK = { now: () => 0, set: () => undefined, clear: () => {} }
const STEP = 4
const EFFECTS: readonly Effect[] = ['asks', 'acts', 'moves']

/** Whatever is stored, in whatever order commands come and whatever the clock says: none that acts does it twice, over a restart neither. */
export default function replayGuard(bytes: Uint8Array): void {
  const storage = new MemoryStorage()
  new Slots(storage, 'tags').write(bytes)
  new Slots(storage, 'mark').write(bytes.subarray(0, 4))
  let guard = new ReplayGuard(storage, { clock: CLOCK })
  const done = new Set<string>()
  let newestMove = 0
  for (let at = 0; at + STEP <= bytes.length; at += STEP) {
    const [action, which, ago, clock] = bytes.subarray(at, at + STEP) as unknown as [number, number, number, number]
    if (action > 0xe8) {
      if (action > 0xf0) guard.flush()
      else guard.settle()
      guard = new ReplayGuard(storage, { clock: CLOCK })
    }
    const effect = EFFECTS[action % 3]!
    const time = NOW + 16 * (ago - 128)
    const now = NOW + 32 * (clock - 128)
    if (!guard.accept(new Uint8Array(32).fill(which), time, now, effect)) continue
    equal(Math.abs(time - now) <= TIME_WINDOW, true)
    if (effect === 'asks') continue
    const name = `${which} ${time}`
    equal(done.has(name), false, name)
    done.add(name)
    if (effect !== 'moves') continue
    equal(time >= newestMove, true)
    newestMove = time
  }
}
