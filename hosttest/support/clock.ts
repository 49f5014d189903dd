import { VirtualClock } from '../../twin/clock.js'

/** A virtual clock for any engine: promises settle by turns of the job queue, of which no dialogue needs more. */
export function testClock(): VirtualClock {
  return new VirtualClock(async () => {
    for (let i = 0; i < 30; i++) await undefined
  })
}
