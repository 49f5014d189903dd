import { equal } from 'node:assert/strict'
import { ReplayGuard, TIME_WINDOW } from '../modules/mqttcrypto/replay-guard.js'
import { Slots } from '../modules/storage/slots.js'
import { MemoryStorage } from '../twin/memory-storage.js'

const NOW = 1_800_000_000
const CLOCK = { now: () => 0, set: () => undefined, clear() {} }
const STEP = 3

/** No command is done twice, whatever is stored, in whatever order commands come and even over a restart. */
export default function replayGuard(bytes: Uint8Array): void {
  const storage = new MemoryStorage()
  new Slots(storage, 'tags').write(bytes)
  let guard = new ReplayGuard(storage, CLOCK)
  const done = new Set<string>()
  let now = NOW
  for (let at = 0; at + STEP <= bytes.length; at += STEP) {
    const [action, which, ago] = bytes.subarray(at, at + STEP) as unknown as [number, number, number]
    now += action & 15
    if (action > 0xf0) {
      guard.flush()
      guard = new ReplayGuard(storage, CLOCK)
    }
    const tag = new Uint8Array(32).fill(which)
    const time = now - (now % 1000) + 16 * (ago - 128)
    const isAccepted = guard.accept(tag, time, now)
    if (!isAccepted) continue
    equal(Math.abs(time - now) <= TIME_WINDOW, true)
    const name = `${which} ${time}`
    equal(done.has(name), false, name)
    done.add(name)
    equal(guard.accept(tag, time, now), false)
  }
}
