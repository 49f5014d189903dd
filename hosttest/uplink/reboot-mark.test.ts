import { equal, ok } from 'node:assert/strict'
import { markReboot, withRebootReason } from '../../modules/uplink/reboot-mark.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { twinSystem } from '../../twin/system.js'
import { FullStorage } from '../support/full-storage.js'

const SOFTWARE = 4
const WATCHDOG = 7

/** The reason that a restart in software has. */
function reasonOf(storage: MemoryStorage): number {
  return withRebootReason(
    twinSystem(SOFTWARE, () => {}),
    storage,
  ).resetReason
}

/** Flash whose next writes do not read back. */
class DeafStorage extends MemoryStorage {
  deaf = 0

  override write(key: string, bytes: Uint8Array): boolean {
    return this.deaf-- > 0 || super.write(key, bytes)
  }
}

describe('the mark of a restart by the watchdog', () => {
  it('explains one start', () => {
    const storage = new MemoryStorage()
    ok(markReboot(storage))
    equal(reasonOf(storage), WATCHDOG)
    equal(reasonOf(storage), SOFTWARE)
  })

  it('is written, and cleared, once more when it does not read back', () => {
    const storage = new DeafStorage()
    storage.deaf = 1
    ok(markReboot(storage))
    storage.deaf = 1
    equal(reasonOf(storage), WATCHDOG)
    equal(reasonOf(storage), SOFTWARE)
  })

  it('that flash does not take is said, and no start is explained by it', () => {
    const storage = new FullStorage()
    storage.isFull = true
    equal(markReboot(storage), false)
    equal(reasonOf(storage), SOFTWARE)
  })

  it('that cannot be cleared is cleared by a later start', () => {
    const storage = new DeafStorage()
    ok(markReboot(storage))
    storage.deaf = 2
    equal(reasonOf(storage), WATCHDOG)
    reasonOf(storage)
    equal(reasonOf(storage), SOFTWARE)
  })
})
