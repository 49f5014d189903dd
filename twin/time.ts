import type { Clock } from '../modules/ports/clock.js'
import type { QueryTime } from '../modules/ports/time.js'

const ANSWER_TIME = 500

/** A time server whose clock was right when the twin started and runs as fast as the twin's. */
export function simulatedTime(clock: Clock, unixAtStart: number): QueryTime {
  const start = clock.now()
  return () =>
    new Promise((resolve) => {
      clock.set(() => resolve(unixAtStart + clock.now() - start), ANSWER_TIME)
    })
}
