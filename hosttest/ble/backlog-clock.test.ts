import { deepEqual, equal } from 'node:assert/strict'
import { BacklogClock } from '../../modules/ble/backlog-clock.js'
import { testClock } from '../support/clock.js'

const START = 1_653_726_600

/** A first connection in which live records have come until the concentrator's clock showed START + 100. */
async function linked() {
  const clock = testClock()
  const backlog = new BacklogClock(clock)
  backlog.subscribed()
  await clock.run(6_000)
  backlog.age(START + 100)
  return { clock, backlog }
}

describe('the age of a telegram', () => {
  it('is not known in the backlog of the first connection', async () => {
    const clock = testClock()
    const backlog = new BacklogClock(clock)
    equal(backlog.age(START), undefined)
    backlog.subscribed()
    deepEqual([backlog.age(START), backlog.age(START + 600)], [undefined, undefined])
    await clock.run(5_000)
    equal(backlog.age(START + 900), 0)
  })

  it('is known in the backlog of a later connection', async () => {
    const { clock, backlog } = await linked()
    await clock.run(1_000_000)
    backlog.subscribed()
    deepEqual([backlog.age(START + 101), backlog.age(START + 1100), backlog.age(START + 1102)], [999, 0, 0])
    await clock.run(5_000)
    equal(backlog.age(START + 1105), 0)
  })

  it('is not known when the record is newer than it can be, or older than a week', async () => {
    const { clock, backlog } = await linked()
    await clock.run(7 * 86_400_000)
    backlog.subscribed()
    equal(backlog.age(START + 100 + 7 * 86_400), 0)
    equal(backlog.age(START + 100 + 7 * 86_400 + 60), undefined)
    const late = await linked()
    await late.clock.run(8 * 86_400_000)
    late.backlog.subscribed()
    equal(late.backlog.age(START + 160), undefined)
    equal(late.backlog.age(START + 100 + 8 * 86_400 - 60), 60)
  })

  it('starts anew when the concentrator was without power meanwhile', async () => {
    const { clock, backlog } = await linked()
    await clock.run(3_600_000)
    backlog.subscribed()
    deepEqual([backlog.age(START + 10), backlog.age(START + 20)], [undefined, undefined])
    await clock.run(5_000)
    equal(backlog.age(START + 36), 0)
    await clock.run(60_000)
    backlog.subscribed()
    equal(backlog.age(START + 56), 40)
  })
})
