import { equal, ok } from 'node:assert/strict'
import type { Actuator } from '../../../modules/control/valve/actuator.js'
import { Valve } from '../../../modules/control/valve/valve.js'
import { SettingsStore } from '../../../modules/storage/settings-store.js'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { testClock } from '../../support/clock.js'

const MINUTE = 60_000
/** 20 kW. */
const A_MINUTE = 20 / 60

/** A valve whose power comes on now. */
function powered(storage: MemoryStorage) {
  const clock = testClock()
  const settings = new SettingsStore({ storage, clock })
  const actuator = {
    isOpen: false,
    set(open: boolean) {
      this.isOpen = open
    },
  }
  const valve = new Valve(
    { settings, actuator: actuator as unknown as Actuator, flow: false, autoClose: true },
    { onAutoClose() {}, onLimitMoved() {}, onNoTotal() {} },
  )
  const read = async (kWh: number, serial = '1234567') => {
    const quantities = { e1: { value: String(Math.floor(kWh)), unit: 'kWh' } }
    valve.onReading({ serial, quantities }, clock.now())
    await clock.run(MINUTE)
  }
  return { clock, settings, valve, actuator, read }
}

describe('the stored total', () => {
  it('follows the meter where the power goes more often than it is written', async () => {
    const storage = new MemoryStorage()
    let total = 10_000
    let device = powered(storage)
    await device.read(total)
    device.valve.openUntil('15000')
    for (let cut = 0; cut < 50; cut++) {
      device = powered(storage)
      for (let minute = 0; minute < 288; minute++) {
        await device.read(total)
        total += A_MINUTE
      }
    }
    const left = 15_000 - Math.floor(total)
    const exchanged = powered(storage)
    for (let i = 0; i < 4; i++) await exchanged.read(0, '7654321')
    const given = Number(exchanged.valve.remainingText) - left
    ok(given >= 0 && given <= 50 + 288 * A_MINUTE, `${given} kWh too much are left`)
  })

  it('lets the limit close the valve at once where the power is on for two minutes at a time', async () => {
    const storage = new MemoryStorage()
    let total = 10_000
    let device = powered(storage)
    await device.read(total)
    device.valve.openUntil('10700')
    for (let turn = 0; turn < 2_000 && device.actuator.isOpen; turn++) {
      device = powered(storage)
      for (let minute = 0; minute < 2 && device.actuator.isOpen; minute++) {
        await device.read(total)
        total += A_MINUTE
      }
    }
    equal(device.actuator.isOpen, false)
    ok(total < 10_702, `the valve closed at ${total} kWh`)
  })

  it('costs no write at a power-on that finds little used', async () => {
    const storage = new MemoryStorage()
    const first = powered(storage)
    await first.read(10_000)
    const writes = storage.writes('settings')
    for (let turn = 0; turn < 40; turn++) await powered(storage).read(10_000 + turn)
    equal(storage.writes('settings'), writes)
  })
})
