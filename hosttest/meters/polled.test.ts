import { deepEqual, equal, ok } from 'node:assert/strict'
import { failure, success } from '../../modules/codec/result.js'
import { PolledMeter } from '../../modules/meters/polled.js'
import { testClock } from '../support/clock.js'

function setUp() {
  const clock = testClock()
  const asked: number[] = []
  const failures: string[] = []
  const read: number[] = []
  const meter = {
    answers: true,
    silent: false,
    throws: false,
    closed: false,
    takes: 2_000,
    async read() {
      asked.push(Math.round(clock.now() / 1000))
      if (meter.throws) throw new Error('no such line')
      await new Promise<void>((resolve) => clock.set(resolve, meter.takes))
      if (meter.silent) return success(undefined)
      return meter.answers ? success({ serial: '1', quantities: {} }) : failure('no reply')
    },
    close() {
      meter.closed = true
    },
  }
  const polled = new PolledMeter({
    clock,
    meter,
    onReading: (_, at) => read.push(Math.round(at / 1000)),
    onFailure: (error) => failures.push(error),
  })
  return { clock, meter, polled, asked, read, failures }
}

describe('the sampling schedule', () => {
  it('is one reading a minute', async () => {
    const { clock, polled, read } = setUp()
    polled.start()
    await clock.run(200_000)
    deepEqual(read, [2, 64, 124, 184])
  })

  it('is one attempt every 10 s until the meter has answered once', async () => {
    const { clock, meter, polled, asked, failures } = setUp()
    meter.answers = false
    polled.start()
    await clock.run(35_000)
    meter.answers = true
    await clock.run(70_000)
    deepEqual(asked, [0, 10, 20, 30, 40, 102])
    equal(failures.length, 4)
  })

  it('is two readings a minute at most, however often a broker throws the device off', async () => {
    const { clock, polled, read } = setUp()
    polled.start()
    for (let at = 0; at < 3_600_000; at += 3_000) {
      polled.onConnected()
      await clock.run(3_000)
    }
    ok(read.length >= 59 && read.length <= 121, `${read.length} readings`)
  })

  it('does not ask a meter that is still answering, and says so to whom a dialogue is in the way', async () => {
    const { clock, meter, polled, asked } = setUp()
    meter.takes = 25_000
    equal(polled.isTalking, false)
    polled.start()
    await clock.run(24_000)
    equal(polled.isTalking, true)
    await clock.run(36_000)
    deepEqual(asked, [0])
    equal(polled.isTalking, false)
  })

  it('begins anew after a connection', async () => {
    const { clock, polled, read } = setUp()
    polled.start()
    await clock.run(30_000)
    polled.onConnected()
    await clock.run(100_000)
    deepEqual(read, [2, 33, 92])
  })

  it('begins anew with a connection two minutes after another, and not with one before', async () => {
    const { clock, meter, polled, asked } = setUp()
    meter.takes = 500
    polled.start()
    await clock.run(30_000)
    polled.onConnected()
    await clock.run(119_000)
    polled.onConnected()
    deepEqual(asked, [0, 31, 90])
    await clock.run(1_000)
    polled.onConnected()
    await clock.run(60_000)
    deepEqual(asked, [0, 31, 90, 150, 151, 210])
  })

  it('goes on when the line cannot be opened', async () => {
    const { clock, meter, polled, failures, read } = setUp()
    meter.throws = true
    polled.start()
    await clock.run(5_000)
    deepEqual(failures, ['Error: no such line'])
    meter.throws = false
    await clock.run(10_000)
    equal(read.length, 1)
  })

  it('is one attempt a minute for a meter that has nothing to say yet', async () => {
    const { clock, meter, polled, asked, read, failures } = setUp()
    meter.silent = true
    polled.start()
    await clock.run(70_000)
    deepEqual([asked, read, failures], [[0, 62], [], []])
  })

  it('ends with the meter closed', async () => {
    const { clock, meter, polled, read } = setUp()
    polled.start()
    polled.close()
    await clock.run(200_000)
    deepEqual(read, [])
    equal(meter.closed, true)
  })
})
