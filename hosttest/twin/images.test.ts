// node only
import { equal, ok } from 'node:assert/strict'
import { Flaw, makeImage, type TwinImage } from '../../twin/image.js'
import { RunningSlots, SimulatedSlots } from '../../twin/slots.js'
import { testTwin } from '../../twin/virtual.js'
import { writeImage } from '../support/images.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A device that is online and whose slot 1 has an image that starts next, on probation, as after an update. */
async function updated(image: TwinImage) {
  const device = testTwin()
  await device.online()
  const { slots } = device.twin
  equal(device.twin.image.version, '0.1.0')
  const port = new RunningSlots({ slots, running: 0, power: { on: true }, restart() {} })
  writeImage(port.spare, makeImage(image))
  ok(port.startSpareNext())
  const before = device.messages('sample').length
  device.twin.powerCut(1_000)
  await device.clock.run(1_500)
  return { ...device, slots, samples: () => device.messages('sample').length - before }
}

describe('a twin with an image in its slots', () => {
  it('runs what the boot loader chooses, and goes back after a power cut on probation', async () => {
    const { twin, clock, samples } = await updated({ version: '0.2.0' })
    equal(twin.image.version, '0.2.0')
    twin.powerCut(1_000)
    await clock.run(2_000)
    equal(twin.image.version, '0.1.0')
    await clock.run(2 * MINUTE)
    ok(samples() > 0)
    twin.close()
  })

  it('goes back from one that crashes as soon as it starts, and goes on', async () => {
    const { twin, clock, samples } = await updated({ version: '0.2.0', flaw: Flaw.Crash })
    equal(twin.image.version, '0.2.0')
    await clock.run(10_000)
    equal(twin.image.version, '0.1.0')
    await clock.run(3 * MINUTE)
    ok(samples() >= 2)
    twin.close()
  })

  it('hears nothing more from one that never reaches the broker', async () => {
    const { twin, clock, samples } = await updated({ version: '0.2.0', flaw: Flaw.Broken })
    await clock.run(5 * MINUTE)
    equal(samples(), 0)
    twin.crash()
    await clock.run(3 * MINUTE)
    equal(twin.image.version, '0.1.0')
    ok(samples() >= 5, 'what was measured meanwhile is there too')
    twin.close()
  })

  it('starts one again that crashes after an hour and was kept', async () => {
    const slots = new SimulatedSlots()
    slots.install(makeImage({ version: '0.1.5', flaw: Flaw.Hour }))
    let boots = 0
    const { twin, clock, messages } = testTwin({}, { slots, onBoot: () => boots++ })
    twin.start()
    await clock.run(HOUR + 5 * MINUTE)
    equal(boots, 2)
    equal(twin.image.version, '0.1.5')
    ok(messages('reset_reason').some(({ text }) => text.includes('2')))
    twin.close()
  })

  it('says what has no image that starts', () => {
    const slots = new SimulatedSlots()
    slots.images[0].write(0, Uint8Array.of(0))
    let message = ''
    try {
      testTwin({}, { slots })
    } catch (error) {
      message = (error as Error).message
    }
    equal(message, 'no slot has an image that starts')
  })
})
