// node only
import { equal, ok } from 'node:assert/strict'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { PowerCut } from '../../twin/flash.js'
import type { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../../twin/virtual.js'
import { testClock } from '../support/clock.js'
import { FailingStorage, OUTCOMES } from '../support/failing-storage.js'

const COMMANDS: readonly (readonly [string, string?])[] = [
  ['open_until', '60000'],
  ['set_cron', 'minute=1&command=open'],
  ['close'],
  ['set_ssid_pwd', 'ssid=other&pwd=secret99'],
  ['set_cron', 'minute=2&command=close'],
  ['open'],
  ['stop_ap'],
  ['open_until_delta', '500'],
  ['clear_cron'],
  ['set_ap_mesh_pwd', 'another-password'],
]

/** Everything a command may have changed. */
function stateOf(storage: MemoryStorage): string {
  const { ssid, password, valveOpen, limit, cron, apEnabled, apPassword } = new SettingsStore({
    storage,
    clock: testClock(),
  }).values
  return JSON.stringify({ ssid, password, valveOpen, limit, cron, apEnabled, apPassword })
}

/** Runs the commands until power goes, if it does; the states that were in force, the last one being the newest. */
async function run(storage: FailingStorage): Promise<{ states: string[]; cut: boolean }> {
  const device = testTwin({}, { storage, seed: 1 })
  await device.online()
  const states = [stateOf(storage)]
  const push = () => {
    const { ssid, password, valveOpen, limit, cron, apEnabled, apPassword } = device.twin.settings
    states.push(JSON.stringify({ ssid, password, valveOpen, limit, cron, apEnabled, apPassword }))
  }
  try {
    for (const [name, payload] of COMMANDS) {
      device.send(name, payload)
      await device.clock.run(3_000)
      push()
    }
    return { states, cut: false }
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error
    push()
    return { states, cut: true }
  }
}

describe('power that goes at any write', () => {
  it('leaves the settings of before or after it, whole, and the device works', async () => {
    let cuts = 0
    for (const outcome of OUTCOMES) {
      for (let write = 0; ; write++) {
        const storage = new FailingStorage()
        const device = testTwin({}, { storage })
        await device.online()
        device.twin.close()
        storage.outcome = outcome
        storage.writesLeft = write
        const { states, cut } = await run(storage)
        if (!cut) {
          ok(write >= COMMANDS.length, `only ${write} writes`)
          break
        }
        cuts++
        storage.writesLeft = Number.POSITIVE_INFINITY
        const after = stateOf(storage)
        const newest = states.slice(-2)
        ok(newest.includes(after), `${outcome} at write ${write}: ${after}\nnot one of\n${newest.join('\n')}`)
        const again = testTwin({}, { storage })
        equal(again.twin.ac1.level, JSON.parse(after).valveOpen ? 1 : 0)
      }
    }
    console.log(`      ${cuts} power cuts`)
  })
})
