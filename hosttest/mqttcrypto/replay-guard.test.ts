import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { ReplayGuard } from '../../modules/mqttcrypto/replay-guard.js'
import { Slots } from '../../modules/storage/slots.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'
import { FullStorage } from '../support/full-storage.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

const NOW = 1_800_000_000

function tag(number: number): Uint8Array {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(4, number)
  return bytes
}

function setUp(storage = new MemoryStorage()) {
  const clock = testClock()
  return { clock, storage, guard: new ReplayGuard(storage, clock) }
}

describe('the replay guard', () => {
  it('takes commands of half an hour either way, both ends included', () => {
    const { guard } = setUp()
    const taken = [-1801, -1800, 0, 1800, 1801].map((offset, i) => guard.accept(tag(i), NOW + offset, NOW))
    deepEqual(taken, [false, true, true, true, false])
  })

  it('takes none as long as the clock is not set', () => {
    for (const time of [0, NOW]) equal(setUp().guard.accept(tag(1), time, undefined), false)
  })

  it('takes the same message once, as long as its time would let it in', () => {
    const { guard } = setUp()
    ok(guard.accept(tag(1), NOW + 1800, NOW))
    for (let later = 0; later <= 3600; later += 100) equal(guard.accept(tag(1), NOW + 1800, NOW + later), false)
  })

  it('takes commands of one second in any order, and the same command under a new tag', () => {
    const { guard } = setUp()
    for (let i = 0; i < 50; i++) ok(guard.accept(tag(i), NOW - (i % 7), NOW))
  })

  it('remembers over a restart', () => {
    const { guard, storage } = setUp()
    ok(guard.accept(tag(1), NOW, NOW))
    guard.flush()
    const again = setUp(storage).guard
    equal(again.accept(tag(1), NOW, NOW + 10), false)
    ok(again.accept(tag(2), NOW, NOW + 10))
  })

  it('remembers over a power cut what is a minute old, and writes no more often', async () => {
    const { clock, guard, storage } = setUp()
    for (let i = 0; i < 600; i++) {
      guard.accept(tag(i), NOW + i, NOW + i)
      await clock.run(1_000)
    }
    const writes = storage.writes('tags')
    ok(writes >= 9 && writes <= 10, `${writes} writes in ten minutes`)
    const again = setUp(storage).guard
    for (let i = 0; i < 540; i++) equal(again.accept(tag(i), NOW + i, NOW + 600), false)
  })

  it('never lets a message in again, however many others came between', () => {
    const { guard, storage } = setUp()
    for (let i = 0; i < 5_000; i++) ok(guard.accept(tag(i), NOW + Math.floor(i / 4), NOW + Math.floor(i / 4)))
    const now = NOW + 1250
    for (let i = 0; i < 5_000; i++) equal(guard.accept(tag(i), NOW + Math.floor(i / 4), now), false)
    guard.flush()
    const again = setUp(storage).guard
    for (let i = 0; i < 5_000; i++) equal(again.accept(tag(i), NOW + Math.floor(i / 4), now), false)
    ok(again.accept(tag(9_999), now, now), 'a new one is still taken')
  })

  it('refuses what is as early as what it had to forget, and takes what is later', () => {
    const { guard, storage } = setUp()
    for (let i = 0; i < 256; i++) ok(guard.accept(tag(i), NOW, NOW))
    equal(guard.accept(tag(256), NOW, NOW), false, 'full of commands of this second')
    ok(guard.accept(tag(257), NOW + 1, NOW))
    for (let i = 0; i < 258; i++) equal(guard.accept(tag(i), i === 257 ? NOW + 1 : NOW, NOW + 1), false)
    guard.flush()
    const again = setUp(storage).guard
    for (let i = 0; i < 258; i++) equal(again.accept(tag(i), i === 257 ? NOW + 1 : NOW, NOW + 1), false)
  })

  it('takes a command every minute of six hours, and none of them twice', () => {
    const { guard } = setUp()
    for (let i = 0; i < 360; i++) {
      const time = NOW + 60 * i
      ok(guard.accept(tag(i), time, time))
      for (let before = i; before > i - 8 && before >= 0; before--)
        equal(guard.accept(tag(before), NOW + 60 * before, time), false)
    }
  })

  it('writes nothing as long as it accepted nothing, and what it accepted once', () => {
    const { guard, storage } = setUp()
    guard.flush()
    guard.accept(tag(1), NOW - 3600, NOW)
    guard.flush()
    equal(storage.writes(''), 0)
    guard.accept(tag(1), NOW, NOW)
    guard.flush()
    guard.flush()
    equal(storage.writes(''), 1)
  })

  it('obeys what an earlier version stored: the earliest time it takes, then 8 bytes of the tag and the time each', () => {
    const storage = new MemoryStorage()
    // 1,799,999,990 and, of a tag that begins with 0..7, 1,800,000,000.
    new Slots(storage, 'tags').write(fromHex('6b49d1f6' + '0001020304050607' + '6b49d200')!)
    const { guard } = setUp(storage)
    const stored = Uint8Array.from({ length: 32 }, (_, i) => i)
    equal(guard.accept(stored, NOW, NOW), false)
    equal(guard.accept(tag(1), NOW - 10, NOW), false)
    ok(guard.accept(tag(1), NOW - 9, NOW))
    const floorOnly = new MemoryStorage()
    new Slots(floorOnly, 'tags').write(fromHex('6b49d1f6')!)
    equal(setUp(floorOnly).guard.accept(tag(1), NOW - 10, NOW), false)
  })

  it('starts empty where what is stored is too short, and with what fits where it is too long', () => {
    for (const length of [0, 1, 3, 5, 4 + 257 * 12, 5000]) {
      const storage = new MemoryStorage()
      // Half a year before.
      new Slots(storage, 'tags').write(new Uint8Array(length).fill(0x6a))
      ok(setUp(storage).guard.accept(tag(1), NOW, NOW), `${length}`)
    }
  })

  it('remembers on a flash that is full, and writes within a minute when there is room again', async () => {
    const storage = new FullStorage()
    const { clock, guard } = setUp(storage)
    ok(guard.accept(tag(1), NOW, NOW))
    guard.flush()
    storage.isFull = true
    ok(guard.accept(tag(2), NOW, NOW))
    await clock.run(600_000)
    ok(storage.refused >= 9 && storage.refused <= 10, `${storage.refused} attempts in ten minutes`)
    equal(guard.accept(tag(2), NOW, NOW), false)
    equal(setUp(storage).guard.accept(tag(1), NOW, NOW), false, 'what was written before is still there')
    storage.isFull = false
    await clock.run(60_000)
    equal(setUp(storage).guard.accept(tag(2), NOW, NOW), false)
    const writes = storage.writes('tags')
    await clock.run(600_000)
    equal(storage.writes('tags'), writes)
  })

  it('attempts it once more at the end and then no more', async () => {
    const storage = new FullStorage()
    storage.isFull = true
    const { clock, guard } = setUp(storage)
    guard.accept(tag(1), NOW, NOW)
    guard.close()
    await clock.run(600_000)
    equal(storage.refused, 1)
  })

  for (const time of FAR_TIMES) {
    it(`takes each command once around ${time}, over restarts too`, () => {
      const { storage } = setUp()
      const start = secondsOf(time) - 1800
      for (let i = 0; i < 20; i++) {
        const { guard } = setUp(storage)
        const now = start + 180 * i
        ok(guard.accept(tag(2 * i), now + 1800, now))
        ok(guard.accept(tag(2 * i + 1), now - 1800, now))
        guard.flush()
        const again = setUp(storage).guard
        for (let k = 0; k <= i; k++) {
          const before = start + 180 * k
          equal(again.accept(tag(2 * k), before + 1800, now), false)
          equal(again.accept(tag(2 * k + 1), before - 1800, now), false)
        }
      }
    })

    it(`refuses what is as early as what it had to forget around ${time}, over a restart too`, () => {
      const { guard, storage } = setUp()
      const first = secondsOf(time) - 1
      for (let i = 0; i < 258; i++) ok(guard.accept(tag(i), first + i, first + i))
      guard.flush()
      for (const again of [guard, setUp(storage).guard]) {
        for (const i of [0, 1, 2, 3, 257]) equal(again.accept(tag(i), first + i, first + 300), false)
        equal(again.accept(tag(1000), first + 1, first + 300), false)
      }
      ok(setUp(storage).guard.accept(tag(1001), first + 3, first + 300))
    })

    it(`takes commands at ${time} whatever it has done many years before`, () => {
      const { guard, storage } = setUp()
      for (let i = 0; i < 300; i++) guard.accept(tag(i), NOW + Math.floor(i / 200), NOW + 1)
      guard.flush()
      const now = secondsOf(time)
      for (const later of [guard, setUp(storage).guard])
        for (let i = 0; i < 3; i++) ok(later.accept(tag(5000 + i), now - i, now))
    })
  }

  it('takes commands as long as an earlier version has refused none for their time', () => {
    for (const time of FAR_TIMES) {
      const storage = new MemoryStorage()
      new Slots(storage, 'tags').write(fromHex('00000000' + '0001020304050607' + '6b49d200')!)
      const now = secondsOf(time)
      ok(setUp(storage).guard.accept(tag(1), now - 1800, now), time)
    }
  })
})
