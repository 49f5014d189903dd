// node only
import { equal, ok } from 'node:assert/strict'
import { makeImage } from '../../twin/image.js'
import { goodAnswer } from '../../twin/simulated-http.js'
import { LIES, PASSING_FAULTS } from '../support/hostile-http.js'
import { signed, updatableTwin } from '../support/update.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NEW = '0.2.0'
const IMAGE = { version: NEW, size: 20_000 }
/** Requests of an update of this size: the head and each range. */
const RANGES = 6

describe('an update over a bad network', () => {
  it('goes on after the connection was cut at any part of any range', async () => {
    let cuts = 0
    let first = updatableTwin()
    await first.online()
    first.offer(IMAGE)
    ok((await first.ended())?.includes('state=good'))
    const { sent } = first.http
    first.twin.close()
    for (let breakAt = 0; breakAt < sent; breakAt += 509) {
      const device = updatableTwin()
      await device.online()
      device.http.breakAt = breakAt
      device.offer(IMAGE)
      const end = await device.ended()
      ok(end?.includes('state=good'), `byte ${breakAt}: ${device.told().join(' | ')}`)
      equal(device.twin.image.version, NEW)
      ok(device.http.sent < sent + 8192, `byte ${breakAt}: ${device.http.sent} of ${sent} bytes sent`)
      device.checkSamples(`byte ${breakAt}`)
      device.twin.close()
      equal(device.http.open, 0)
      cuts++
    }
    first = updatableTwin()
    first.twin.close()
    console.log(`      ${cuts} cut connections`)
  })

  for (const [name, fault] of Object.entries(PASSING_FAULTS))
    it(`goes on when a server that ${name} is a good one again`, async () => {
      for (const number of [1, 4]) {
        const device = updatableTwin()
        await device.online()
        const until = device.clock.now() + 20 * MINUTE
        device.http.answer = (request) =>
          request.number >= number && device.clock.now() < until ? fault(request) : goodAnswer(request)
        device.offer(IMAGE)
        const records = device.slots.record.steps
        await device.clock.run(20 * MINUTE)
        equal(device.slots.record.steps, records, 'the boot record is as it was')
        ok(device.http.open <= 1)
        let end = await device.ended(3 * HOUR)
        if (!end?.includes('state=good')) {
          // What is final is told with its reason, and a new command is taken.
          ok(/state=(refused|failed)&.*reason=./.test(end ?? ''), `${device.told().join(' | ')}`)
          const from = device.told().length
          device.offer(IMAGE)
          end = await device.ended(3 * HOUR, from)
        }
        ok(end?.includes('state=good'), `request ${number}: ${device.told().join(' | ')}`)
        device.checkSamples(name)
        device.twin.close()
      }
    })

  for (const [name, lie] of Object.entries(LIES))
    it(`never starts an image of a server that ${name}`, async () => {
      for (let number = 1; number <= RANGES; number++) {
        const device = updatableTwin()
        await device.online()
        device.http.answer = (request) => (request.number === number ? lie(request) : goodAnswer(request))
        const records = device.slots.record.steps
        device.offer(IMAGE)
        const end = await device.ended(3 * HOUR)
        await device.clock.run(2 * MINUTE)
        if (device.twin.image.version === NEW) {
          // It has noticed and asked again: what is in the slot is what was signed.
          equal(device.slots.imageOf(1)?.version, NEW)
          ok(end?.includes('state=good'))
        } else {
          ok(/state=(refused|failed)&.*reason=(wrong hash|bad signature|no signed update)/.test(end ?? ''), end)
          equal(device.slots.record.steps, records)
        }
        device.checkSamples(name)
        device.twin.close()
      }
    })

  it('is not a mixture when the image changes half way', async () => {
    const device = updatableTwin()
    await device.online()
    const other = signed(makeImage({ ...IMAGE, seed: 2 }))
    device.http.answer = (request) => goodAnswer(request.number > 3 ? { ...request, file: other } : request)
    const records = device.slots.record.steps
    device.offer(IMAGE)
    const end = await device.ended(3 * HOUR)
    ok(/state=(refused|failed)&.*reason=wrong hash/.test(end ?? ''), device.told().join(' | '))
    equal(device.twin.image.version, '0.1.0')
    equal(device.slots.record.steps, records)
    device.twin.close()
  })

  it('waits for days for a server that is away, and goes on where it was', async () => {
    const device = updatableTwin()
    await device.online()
    const size = 400_000
    device.http.breakAt = 200_000
    device.offer({ version: NEW, size })
    while (device.http.sent < 200_000) await device.clock.run(100)
    device.http.passing = false
    await device.clock.run(50 * HOUR)
    equal(device.outcome(), undefined)
    device.http.passing = true
    ok((await device.ended(6 * HOUR))?.includes('state=good'), device.told().join(' | '))
    ok(device.http.sent < size + 50_000, `${device.http.sent} bytes sent`)
    device.checkSamples()
    device.twin.close()
  })
})
