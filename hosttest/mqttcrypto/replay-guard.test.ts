import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { type Effect, ReplayGuard } from '../../modules/mqttcrypto/replay-guard.js'
import { Slots } from '../../modules/storage/slots.js'
import { WriteBudget } from '../../modules/storage/write-budget.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { CountingClock, testClock } from '../support/clock.js'
import { FullStorage } from '../support/full-storage.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

const NOW = 1_800_000_000
/** The device's clock, as wrong as somebody can make it. */
const CLOCKS = [-1800, -600, -60, 0, 60, 600, 1800]

function tag(number: number): Uint8Array {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(4, number)
  return bytes
}

/** A guard, and what a device finds in its flash when it starts again. */
function setUp(storage = new MemoryStorage(), onFlashError?: () => void, budget?: WriteBudget) {
  const clock = new CountingClock()
  const guard = new ReplayGuard(storage, { clock, ...(budget && { budget }), ...(onFlashError && { onFlashError }) })
  const accept = (number: number, time: number, now: number | undefined = time, effect: Effect = 'acts') =>
    guard.accept(tag(number), time, now, effect)
  return { clock, guard, storage, accept, again: () => setUp(storage) }
}

for (const effect of ['asks', 'acts', 'moves'] as const) {
  describe(`the replay guard, for a command that ${effect},`, () => {
    it('takes half an hour either way, both ends included', () => {
      const taken = [-1801, -1800, 0, 1800, 1801].map((offset) => setUp().accept(1, NOW + offset, NOW, effect))
      deepEqual(taken, [false, true, true, true, false])
    })

    it('takes none as long as the clock is not set', () => {
      for (const time of [0, NOW]) equal(setUp().guard.accept(tag(1), time, undefined, effect), false)
    })

    it('takes none of the time before this firmware, to which somebody has set the clock', () => {
      const start = 1_767_225_600
      const { accept, guard, again } = setUp()
      equal(accept(1, start - 1, start, effect), false)
      ok(accept(2, start, start, effect))
      guard.flush()
      ok(again().accept(3, NOW, NOW, effect))
    })

    it('takes the same message once, as long as its time would let it in', () => {
      const { accept } = setUp()
      ok(accept(1, NOW + 1800, NOW, effect))
      for (let later = 0; later <= 3600; later += 100) equal(accept(1, NOW + 1800, NOW + later, effect), false)
    })

    it('takes a burst of one second, and the same command under new tags', () => {
      const { accept } = setUp()
      for (let i = 0; i < 50; i++) ok(accept(i, NOW, NOW, effect))
      for (let i = 0; i < 50; i++) equal(accept(i, NOW, NOW, effect), false)
    })

    it('takes one every 10 s for hours, and none twice', () => {
      const { accept } = setUp()
      for (let i = 0; i < 2_000; i++) ok(accept(i, NOW + 10 * i, NOW + 10 * i, effect))
      const now = NOW + 20_000
      for (let i = 0; i < 2_000; i++) equal(accept(i, NOW + 10 * i, now, effect), false, `${i}`)
    })

    it('takes them again after months', () => {
      const { accept, guard, again } = setUp()
      ok(accept(1, NOW, NOW, effect))
      guard.flush()
      ok(again().accept(2, NOW + 20_000_000, NOW + 20_000_000, effect))
    })
  })
}

describe('a command that acts', () => {
  it('comes in any order within a minute', () => {
    const { accept } = setUp()
    for (let i = 0; i < 50; i++) ok(accept(i, NOW - ((7 * i) % 60), NOW))
  })

  it('is refused when it is more than a minute older than the newest that acted, whatever the clock says', () => {
    const { accept, guard, again } = setUp()
    ok(accept(1, NOW, NOW))
    guard.flush()
    for (const offset of CLOCKS)
      for (const age of [61, 600, 1800]) {
        equal(accept(2, NOW - age, NOW + offset), false)
        equal(again().accept(2, NOW - age, NOW + offset), false)
      }
    ok(again().accept(2, NOW - 60, NOW))
  })

  it('acts no second time, over restarts, whatever the clock says and whatever questions come between', () => {
    const { accept, guard, again } = setUp()
    for (let i = 0; i < 20; i++) ok(accept(i, NOW + i, NOW))
    guard.flush()
    for (const offset of CLOCKS) {
      const later = again()
      for (let i = 0; i < 200; i++) later.accept(1000 + i, NOW + offset, NOW + offset, 'asks')
      for (let i = 0; i < 20; i++) equal(later.accept(i, NOW + i, NOW + offset), false)
    }
  })

  it('stays known when a later message that is refused has its own tag in the memory', () => {
    const { accept } = setUp()
    ok(accept(1, NOW, NOW))
    ok(accept(2, NOW + 50, NOW))
    equal(accept(2, NOW + 70, NOW), false)
    equal(accept(1, NOW, NOW), false)
  })

  it('makes 64 at a time, and refuses what is as old as what it had to forget; a new attempt passes', () => {
    const { accept, guard, again } = setUp()
    for (let i = 0; i < 64; i++) ok(accept(i, NOW, NOW))
    equal(accept(64, NOW, NOW), false)
    ok(accept(65, NOW + 1, NOW))
    guard.flush()
    for (let i = 0; i < 66; i++) {
      const time = i === 65 ? NOW + 1 : NOW
      equal(accept(i, time, NOW + 1), false)
      equal(again().accept(i, time, NOW + 1), false)
    }
  })

  it('is not written as long as nothing else is, and then once', () => {
    const { accept, guard, storage } = setUp()
    ok(guard.flush())
    accept(1, NOW - 3600, NOW)
    accept(2, NOW, NOW, 'asks')
    ok(guard.flush())
    equal(storage.writes(''), 0)
    for (let i = 0; i < 20; i++) accept(3 + i, NOW + i, NOW)
    equal(storage.writes(''), 0)
    ok(guard.flush())
    ok(guard.flush())
    guard.close()
    equal(storage.writes(''), 1)
  })

  it('and has changed nothing is known after a power cut: the first of a minute at once, the others when it is over', async () => {
    for (const effect of ['acts', 'moves'] as const) {
      const { accept, guard, clock, storage, again } = setUp()
      const done = (number: number, time: number) => {
        ok(accept(number, time, NOW, effect))
        guard.settle()
      }
      done(1, NOW)
      equal(storage.writes('mark'), 1)
      equal(again().accept(1, NOW, NOW, effect), false, 'again')
      equal(again().accept(2, NOW - 1, NOW, effect), false, 'one that was held back')
      ok(again().accept(2, NOW + 1, NOW, effect))
      for (let i = 1; i <= 50; i++) {
        done(10 + i, NOW + i)
        await clock.run(1_000)
      }
      equal(storage.writes('mark'), 1)
      await clock.run(10_000)
      equal(storage.writes('mark'), 2)
      for (const number of [60, 1000]) equal(again().accept(number, NOW + 50, NOW, effect), false)
      ok(again().accept(1001, NOW + 51, NOW, effect))
      await clock.run(600_000)
      equal(storage.writes(''), 2)
    }
  })

  it('that repeats every 10 s and changes nothing is stored once a minute', async () => {
    const { accept, guard, clock, storage } = setUp()
    for (let i = 0; i < 8640; i++) {
      ok(accept(i, NOW + 10 * i, NOW + 10 * i, 'moves'))
      guard.settle()
      await clock.run(10_000)
    }
    ok(storage.writes('') <= 1441, `${storage.writes('')} writes`)
  })

  it('and has changed nothing is stored when flash takes it again', async () => {
    const storage = new FullStorage()
    const { accept, guard, clock } = setUp(storage)
    storage.isFull = true
    ok(accept(1, NOW, NOW, 'moves'))
    guard.settle()
    storage.isFull = false
    await clock.run(60_000)
    equal(setUp(storage).accept(1, NOW, NOW, 'moves'), false)
  })

  it('and has changed nothing is stored when the firmware closes, and nothing waits then', async () => {
    const { accept, guard, clock, storage, again } = setUp()
    for (const number of [1, 2]) {
      ok(accept(number, NOW + number, NOW))
      guard.settle()
    }
    equal(storage.writes('mark'), 1)
    guard.close()
    equal(again().accept(2, NOW + 2, NOW), false)
    const writes = storage.writes('')
    equal(clock.pending.size, 0)
    await clock.run(120_000)
    equal(storage.writes(''), writes)
  })

  it('and has changed nothing leaves no timer when its minute is over', async () => {
    const { accept, guard, clock } = setUp()
    ok(accept(1, NOW))
    guard.settle()
    await clock.run(60_000)
    equal(clock.pending.size, 0)
  })

  it('and has changed nothing needs no write of its own when another has stored it', async () => {
    const { accept, guard, clock, storage } = setUp()
    for (const number of [1, 2]) {
      ok(accept(number, NOW + number, NOW))
      guard.settle()
    }
    ok(guard.flush())
    guard.settle()
    await clock.run(120_000)
    equal(storage.writes('mark'), 1)
  })

  it('and has changed nothing waits on when flash refuses the other write', async () => {
    const storage = new FullStorage()
    const { accept, guard, clock } = setUp(storage)
    for (const number of [1, 2]) {
      ok(accept(number, NOW + number, NOW))
      guard.settle()
    }
    storage.isFull = true
    equal(guard.flush(), false)
    storage.isFull = false
    await clock.run(60_000)
    equal(setUp(storage).accept(3, NOW + 2, NOW), false)
  })

  it('is not stored when too much was written of late, and is later', async () => {
    const clock = testClock()
    const budget = new WriteBudget(clock, () => {})
    const storage = new MemoryStorage()
    const { accept, guard } = setUp(storage, undefined, budget)
    while (!budget.isSpent) budget.spend()
    ok(accept(1, NOW))
    equal(guard.flush(), false)
    equal(storage.writes(''), 0)
    await clock.run(300_000)
    ok(guard.flush())
    equal(setUp(storage).accept(1, NOW), false)
  })

  it('is forgotten a minute after it, so that what is stored does not grow', () => {
    const { accept, guard, storage } = setUp()
    for (let i = 0; i < 10; i++) ok(accept(i, NOW + 61 * i))
    ok(accept(10, NOW + 61 * 9 - 30, NOW + 61 * 9))
    ok(guard.flush())
    equal(new Slots(storage, 'tags').read()?.length, 12 + 2 * 12)
  })

  it('leaves as many places as it can: of 64 the oldest is forgotten first', () => {
    const { accept } = setUp()
    ok(accept(0, NOW, NOW + 30))
    ok(accept(1, NOW + 10, NOW + 30))
    for (let i = 2; i < 64; i++) ok(accept(i, NOW + 30))
    ok(accept(64, NOW + 31))
    ok(accept(65, NOW + 20, NOW + 31))
    equal(accept(66, NOW + 10, NOW + 31), false)
  })

  it('is stored with the newest times and the oldest that may come, then 8 bytes of the tag and 4 of the time each', () => {
    const storage = new MemoryStorage()
    // 1,800,000,000, 1,799,999,995 for the valve, nothing forgotten; a tag that begins with 0..7 of 1,800,000,000.
    new Slots(storage, 'tags').write(fromHex('6b49d2006b49d1fb00000000' + '0001020304050607' + '6b49d200')!)
    const { accept, guard } = setUp(storage)
    equal(
      guard.accept(
        Uint8Array.from({ length: 32 }, (_, i) => i),
        NOW,
        NOW,
        'acts',
      ),
      false,
    )
    equal(accept(1, NOW - 6, NOW, 'moves'), false)
    ok(accept(1, NOW - 5, NOW, 'moves'))
    equal(accept(2, NOW - 61, NOW), false)
    ok(accept(2, NOW - 60, NOW))
  })

  it('is stored with its times alone when no tag is left', () => {
    const storage = new MemoryStorage()
    new Slots(storage, 'tags').write(fromHex('6b49d2000000000000000000')!)
    equal(setUp(storage).accept(1, NOW - 61, NOW), false)
    ok(setUp(storage).accept(1, NOW - 60, NOW))
  })

  it('starts anew where what is stored is too short, and with what fits where it is too long', () => {
    for (const length of [0, 1, 3, 11, 5000]) {
      const storage = new MemoryStorage()
      // Half a year before.
      new Slots(storage, 'tags').write(new Uint8Array(length).fill(0x6a))
      ok(setUp(storage).accept(1, NOW), `${length}`)
    }
  })
})

describe('a question', () => {
  it('that had to be forgotten is not answered again when somebody puts the clock back', () => {
    const { accept } = setUp()
    for (let i = 0; i < 65; i++) equal(accept(i, NOW + Math.floor(i / 64), NOW, 'asks'), true)
    ok(accept(100, NOW + 4000, NOW + 4000, 'asks'))
    for (let i = 0; i < 64; i++) equal(accept(i, NOW, NOW, 'asks'), false)
    ok(accept(101, NOW + 1, NOW, 'asks'))
  })
})

describe('a command to the valve', () => {
  it('is refused when a later one has moved the valve, even if it is a second older', () => {
    const { accept, guard, again } = setUp()
    ok(accept(1, NOW, NOW, 'moves'))
    guard.flush()
    equal(accept(2, NOW - 1, NOW, 'moves'), false)
    equal(again().accept(2, NOW - 1, NOW, 'moves'), false)
    ok(accept(2, NOW, NOW, 'moves'))
  })

  it('is not kept away by other commands of the same minute', () => {
    const { accept } = setUp()
    ok(accept(1, NOW, NOW, 'acts'))
    ok(accept(2, NOW - 30, NOW, 'moves'))
  })
})

describe('a flash that takes nothing', () => {
  it('ends nothing where nobody wants to know', () => {
    const storage = new FullStorage()
    const { accept, guard } = setUp(storage)
    storage.isFull = true
    ok(accept(1, NOW))
    equal(guard.flush(), false)
  })

  it('is said, and written to with the next attempt; what was there before stays', () => {
    const storage = new FullStorage()
    let errors = 0
    const { accept, guard, again } = setUp(storage, () => errors++)
    ok(accept(1, NOW))
    ok(guard.flush())
    storage.isFull = true
    ok(accept(2, NOW))
    equal(guard.flush(), false)
    equal(guard.flush(), false)
    equal(errors, 2)
    equal(accept(2, NOW), false)
    equal(again().accept(1, NOW), false)
    storage.isFull = false
    ok(guard.flush())
    equal(again().accept(2, NOW), false)
  })
})

for (const time of FAR_TIMES) {
  describe(`around ${time}`, () => {
    it('each command acts once, over restarts too, in order', () => {
      const { storage } = setUp()
      const start = secondsOf(time) - 1800
      for (let i = 0; i < 20; i++) {
        const now = start + 180 * i
        const { accept, guard, again } = setUp(storage)
        ok(accept(i, now, now, 'moves'))
        guard.flush()
        for (let k = 0; k <= i; k++) equal(again().accept(k, start + 180 * k, now, 'moves'), false)
      }
    })

    it('new commands act whatever was done many years before', () => {
      const { accept, guard, again } = setUp()
      for (let i = 0; i < 300; i++) accept(i, NOW + Math.floor(i / 200), NOW + 1)
      guard.flush()
      const now = secondsOf(time)
      for (const later of [accept, again().accept]) for (let i = 0; i < 3; i++) ok(later(5000 + i, now - i, now))
    })
  })
}
