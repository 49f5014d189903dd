import { deepEqual, equal, ok } from 'node:assert/strict'
import { ReplayGuard } from '../../modules/mqttcrypto/replay-guard.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'

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
    equal(setUp().guard.accept(tag(1), 0, undefined), false)
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
    ok(storage.writes('tags') <= 10, `${storage.writes('tags')} writes in ten minutes`)
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
})
