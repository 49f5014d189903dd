import { deepEqual, equal } from 'node:assert/strict'
import { Actuator } from '../../../modules/control/valve/actuator.js'
import { Valve } from '../../../modules/control/valve/valve.js'
import { Led } from '../../../modules/led/led.js'
import { SettingsStore } from '../../../modules/storage/settings-store.js'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { SimulatedOutput } from '../../../twin/output.js'
import { testClock } from '../../support/clock.js'
import { hosted } from '../../support/hosted.js'

function setUp(outputs: 1 | 2 = 2, withLed = true) {
  const clock = testClock()
  const [ac1, ac2, light] = [new SimulatedOutput(), new SimulatedOutput(), new SimulatedOutput()]
  const led = withLed ? new Led(clock, light) : undefined
  const actuator = new Actuator({ clock, ac1, ac2: outputs === 2 ? ac2 : undefined, normallyOpen: false, led })
  const settings = new SettingsStore({ storage: new MemoryStorage(), clock })
  const valve = hosted(Valve, {
    settings,
    actuator,
    flow: false,
    autoClose: true,
    onAutoClose: () => {},
    onLimitMoved: () => {},
    onNoTotal: () => {},
  })
  const changesWithin = async (ms: number) => {
    const before = light.changes
    await clock.run(ms)
    return light.changes - before
  }
  return { clock, ac1, ac2, light, actuator, valve, changesWithin }
}

describe('the outputs', () => {
  it('are without current when the valve is off, and the light is dark', async () => {
    const { ac1, ac2, light, valve, changesWithin } = setUp()
    valve.open()
    deepEqual([ac1.level, ac2.level], [1, 1])
    valve.off()
    deepEqual([ac1.level, ac2.level, light.level], [0, 0, 0])
    equal(await changesWithin(10_000), 0)
  })

  it('do the same on a board with one output and no light', async () => {
    const { clock, ac1, valve } = setUp(1, false)
    valve.open()
    valve.off()
    equal(ac1.level, 0)
    valve.test()
    equal(ac1.level, 1)
    await clock.run(12_100)
    equal(ac1.level, 0)
  })

  it('go on and off in a test, slow light while driven, fast while not, output 2 at rest', async () => {
    const { ac1, ac2, valve, changesWithin } = setUp()
    valve.open()
    valve.test()
    deepEqual([ac1.level, ac2.level], [1, 0])
    equal(await changesWithin(10_500), 10)
    await changesWithin(1_600)
    equal(ac1.level, 0)
    equal(await changesWithin(10_000), 50)
  })

  it('stay as the next command wants them, whatever a test had begun', async () => {
    for (const end of ['open', 'off', 'close'] as const) {
      const { clock, ac1, valve } = setUp()
      valve.test()
      await clock.run(5_000)
      valve[end]()
      const { level, changes } = ac1
      equal(level, end === 'open' ? 1 : 0)
      await clock.run(60_000)
      deepEqual([ac1.level, ac1.changes], [level, changes], end)
    }
  })

  it('stay as they are when the device shuts down in the middle of a test', async () => {
    const { clock, ac1, valve, actuator } = setUp()
    valve.test()
    await clock.run(5_000)
    actuator.close()
    await clock.run(60_000)
    deepEqual([ac1.level, ac1.changes], [1, 1])
  })
})

describe('the total', () => {
  const reading = (e1: string) => ({ serial: '1', quantities: { e1: { value: e1, unit: 'kWh' } } })

  it('stays known when a reading comes without it', () => {
    const { ac1, clock, valve } = setUp()
    valve.onReading(reading('1000'), clock.now())
    valve.onReading({ serial: '1', quantities: {} }, clock.now())
    equal(valve.hasTotal, true)
    valve.openUntilDelta('100')
    deepEqual([valve.limitText, valve.remainingText, ac1.level], ['1100', '100', 1])
    valve.onReading(reading('1099'), clock.now())
    equal(ac1.level, 1)
    valve.onReading(reading('1100'), clock.now())
    equal(ac1.level, 0)
  })

  it('must be known before anything is paid for', () => {
    const { ac1, valve } = setUp()
    valve.openUntilDelta('100')
    deepEqual([valve.hasTotal, valve.limitText, valve.status, ac1.level], [false, '0', 'close', 0])
  })
})
