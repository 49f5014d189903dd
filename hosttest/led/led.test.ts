import { equal } from 'node:assert/strict'
import { Led } from '../../modules/led/led.js'
import { StatusLight } from '../../modules/led/status-light.js'
import { SimulatedOutput } from '../../twin/output.js'
import { CountingClock } from '../support/clock.js'

function setUp() {
  const clock = new CountingClock()
  const output = new SimulatedOutput()
  const led = new Led(clock, output)
  const light = new StatusLight(led)
  /** What is seen in the middle of each `ms` milliseconds from now on: `#` lit, `.` dark. */
  const watch = async (ms: number, times: number) => {
    let seen = ''
    await clock.run(ms / 2)
    for (let i = 0; i < times; i++) {
      seen += output.level === 1 ? '#' : '.'
      await clock.run(ms)
    }
    return seen
  }
  return { clock, led, light, watch }
}

describe('the light', () => {
  it('is dark in normal operation', async () => {
    const { watch } = setUp()
    equal(await watch(100, 50), '.'.repeat(50))
  })

  it('flashes twice every 3 s while the portal is open', async () => {
    const { light, watch } = setUp()
    light.set('portal', true)
    const period = `#.#.${'.'.repeat(26)}`
    equal(await watch(100, 60), period + period)
    light.set('portal', false)
    equal(await watch(100, 30), '.'.repeat(30))
  })

  it('flashes three times every 3 s, also while the portal is open, where the device has no key', async () => {
    const { light, watch } = setUp()
    light.set('portal', true)
    light.set('noKey', true)
    const period = `#.#.#.${'.'.repeat(24)}`
    equal(await watch(100, 60), period + period)
  })

  it('flashes four times every 2 s where the key is an example, before everything else', async () => {
    const { light, watch } = setUp()
    light.set('noKey', true)
    light.set('exampleKey', true)
    const period = `#.#.#.#.${'.'.repeat(12)}`
    equal(await watch(100, 40), period + period)
  })

  it('flashes once a second while an image is fetched', async () => {
    const { light, watch } = setUp()
    light.set('updating', true)
    light.set('restarting', true)
    equal(await watch(100, 20), '#.........#.........')
  })

  it('keeps in step when something less important comes, or the same again', async () => {
    const { clock, light, watch } = setUp()
    light.set('portal', true)
    await clock.run(200)
    light.set('fallback', true)
    light.set('portal', true)
    light.set('fallback', false)
    equal(await watch(100, 28), `#.${'.'.repeat(26)}`)
  })

  it('changes every second while the fallback network is joined', async () => {
    const { light, watch } = setUp()
    light.set('joiningFallback', true)
    equal(await watch(1000, 8), '#.#.#.#.')
  })

  it('changes every 200 ms in the fallback network, and while the network is started anew', async () => {
    for (const sign of ['fallback', 'restarting'] as const) {
      const { light, watch } = setUp()
      light.set(sign, true)
      equal(await watch(200, 12), '#.#.#.#.#.#.')
    }
  })

  it('is steady when the MQTT client cannot be made', async () => {
    const { clock, light, watch } = setUp()
    light.set('broken', true)
    equal(await watch(500, 20), '#'.repeat(20))
    // A board's timer has no infinity: it would end the light's steadiness.
    equal(clock.pending.size, 0)
  })

  it('flashes once for an impulse and a time-out, and shows again what it showed', async () => {
    const { light, watch } = setUp()
    light.flash(100)
    equal(await watch(100, 10), '#.........')
    light.set('joiningFallback', true)
    light.flash(1000)
    equal(await watch(1000, 6), '#.#.#.')
  })

  it('blinks as fast as the valve has it', async () => {
    for (const ms of [100, 1000]) {
      const { led, watch } = setUp()
      led.blink(ms)
      equal(await watch(ms, 6), '#.#.#.')
    }
  })

  it('shows the most important', async () => {
    const { clock, light, watch } = setUp()
    light.set('fallback', true)
    light.set('portal', true)
    equal(await watch(100, 30), `#.#.${'.'.repeat(26)}`)
    light.off()
    equal(await watch(100, 30), '.'.repeat(30))
    equal(clock.pending.size, 0)
    light.set('portal', true)
    equal(await watch(100, 30), `#.#.${'.'.repeat(26)}`)
  })
})
