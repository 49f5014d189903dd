import { deepEqual, equal, ok } from 'node:assert/strict'
import { PacedClock } from '../../twin/paced-clock.js'

describe('a clock that runs faster than the computer', () => {
  const clocks: PacedClock[] = []

  afterEach(() => Promise.all(clocks.splice(0).map((clock) => clock.close())))

  function paced(speed: number): PacedClock {
    const clock = new PacedClock(speed)
    clocks.push(clock)
    return clock
  }

  it('does everything in order, each at its very time', async () => {
    const clock = paced(10_000)
    const done: number[] = []
    await new Promise<void>((resolve) => {
      for (const ms of [90_000, 8.25, 60_000, 8])
        clock.set(() => {
          done.push(clock.now())
          if (ms === 90_000) clock.set(() => resolve(), 0.5)
        }, ms)
    })
    deepEqual(done, [8, 8.25, 60_000, 90_000])
    ok(clock.now() >= 90_000.5)
  })

  it('is as fast as asked for, and no faster than the computer while it is held', async () => {
    const clock = paced(1_000)
    const wait = (ms: number) => new Promise<void>((resolve) => clock.set(resolve, ms))
    const measured = async (ms: number) => {
      const began = performance.now()
      await wait(ms)
      return performance.now() - began
    }
    // A turn makes up for at most 50 ms, which may have passed before.
    ok((await measured(200_000)) >= 149)
    const release = clock.hold()
    const again = clock.hold()
    release()
    release()
    ok((await measured(200)) >= 149, 'one still holds it')
    again()
    // 50 s are over in no time that a held clock would take.
    ok((await measured(50_000)) < 40_000)
  })

  it('does nothing after it was closed, and what was cancelled never', async () => {
    const clock = paced(1_000)
    let calls = 0
    clock.clear(clock.set(() => calls++, 10))
    await new Promise<void>((resolve) => clock.set(resolve, 20))
    clock.set(() => calls++, 10)
    await clock.close()
    equal(calls, 0)
  })
})
