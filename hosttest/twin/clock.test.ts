import { deepEqual } from 'node:assert/strict'
import { BootClock } from '../../twin/clock.js'
import { testClock } from '../support/clock.js'

describe('the clock of a machine that has lost power', () => {
  it('runs nothing that it had planned, nor what its last promises plan', async () => {
    const world = testClock()
    const clock = new BootClock(world)
    const ran: string[] = []
    clock.set(() => ran.push('before'), 10)
    clock.set(() => ran.push('planned'), 100)
    await world.run(50)
    clock.stop()
    clock.set(() => ran.push('planned by what was under way'), 10)
    await world.run(1_000)
    deepEqual(ran, ['before'])
  })
})
