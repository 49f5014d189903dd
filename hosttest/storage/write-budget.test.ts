import { equal, ok } from 'node:assert/strict'
import { ReplayGuard } from '../../modules/mqttcrypto/replay-guard.js'
import type { Settings } from '../../modules/storage/settings.js'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { WriteBudget } from '../../modules/storage/write-budget.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'

const DAY = 86_400_000
const NOW = 1_800_000_000

function setUp() {
  const storage = new MemoryStorage()
  const clock = testClock()
  let spent = 0
  const budget = new WriteBudget(clock, () => {
    spent++
  })
  const guard = new ReplayGuard(storage, { clock, budget })
  const settings = new SettingsStore({ storage, clock, budget, beforeWrite: (purpose) => guard.flush(purpose) })
  let number = 0
  /** A command of whoever has the key, with a tag of its own; whether it was done. */
  const command = (changes: Partial<Settings>) => {
    const time = NOW + Math.floor(clock.now() / 1000)
    const tag = new Uint8Array(32)
    new DataView(tag.buffer).setUint32(0, ++number)
    ok(guard.accept(tag, time, time, 'moves'))
    return settings.update(changes)
  }
  const toggle = () => command({ valveOpen: !settings.values.valveOpen })
  const pay = (limit: number) => command({ limit, valveOpen: true })
  return { storage, clock, budget, guard, settings, toggle, pay, spent: () => spent }
}

describe('the budget of writes', () => {
  it('lets a server that opens and closes every 10 s write 488 times a day, and refuses the rest', async () => {
    const { storage, clock, toggle, spent } = setUp()
    let refused = 0
    for (let at = 0; at < DAY; at += 10_000) {
      if (!toggle()) refused++
      await clock.run(10_000)
    }
    ok(storage.writes('') <= 200 + 288 + 1, `${storage.writes('')} writes`)
    ok(storage.writes('') > 400 && refused > 8_000)
    ok(spent() > 0)
  })

  it('leaves no change in force whose tag is not stored', async () => {
    const { storage, clock, settings, toggle } = setUp()
    while (toggle()) await clock.run(1_000)
    await clock.run(1_000)
    const { valveOpen } = settings.values
    equal(toggle(), false)
    equal(settings.values.valveOpen, valveOpen)
    equal(new SettingsStore({ storage, clock }).values.valveOpen, valveOpen)
    await clock.run(600_000)
    ok(toggle())
    equal(new SettingsStore({ storage, clock }).values.valveOpen, !valveOpen)
  })

  it('lets what cannot be refused wait', async () => {
    const { storage, clock, budget, settings } = setUp()
    while (!budget.isSpent) budget.spend()
    settings.updateLater({ valveOpen: true })
    await clock.run(60_000)
    equal(settings.values.valveOpen, true)
    equal(storage.writes(''), 0)
    await clock.run(600_000)
    equal(new SettingsStore({ storage, clock }).values.valveOpen, true)
  })

  it('does not save up more than one burst', async () => {
    const { clock, budget } = setUp()
    await clock.run(30 * DAY)
    let writes = 0
    for (; !budget.isSpentFor('limit'); writes++) budget.spend()
    equal(writes, 200)
  })

  it('keeps a payment possible while a server repeats open and close', async () => {
    const { storage, clock, toggle, pay } = setUp()
    for (let at = 0; at < DAY; at += 10_000) {
      toggle()
      await clock.run(10_000)
    }
    ok(pay(1_000) && pay(2_000))
    equal(new SettingsStore({ storage, clock }).values.limit, 2_000)
  })

  it('keeps the valve movable while the portal stores something else all the time', async () => {
    const { clock, settings, toggle, pay } = setUp()
    let stored = 0
    for (let i = 0; i < 500; i++) {
      if (settings.update({ apPassword: `password-${i}` })) stored++
      await clock.run(1_000)
    }
    ok(stored > 100 && stored < 200)
    ok(toggle() && toggle() && pay(1_000))
  })
})

describe('what a meter tells', () => {
  it('is written within 2 s, then once an hour, however often it changes', async () => {
    const { storage, clock, settings } = setUp()
    settings.updateSlowly({ serial: '1' })
    await clock.run(2_100)
    equal(new SettingsStore({ storage, clock }).values.serial, '1')
    for (let minute = 0; minute < 1_440; minute++) {
      settings.updateSlowly({ serial: String(minute) })
      await clock.run(60_000)
    }
    const writes = storage.writes('settings')
    ok(writes >= 24 && writes <= 26, `${writes} writes`)
  })

  it('and is the same as before does not put off what is new', async () => {
    const { storage, clock, settings } = setUp()
    const serial = () => new SettingsStore({ storage, clock }).values.serial
    settings.updateSlowly({ serial: '1' })
    await clock.run(1_900)
    equal(serial(), '')
    await clock.run(2 * 3_600_000)
    settings.updateSlowly({ serial: '1' })
    await clock.run(10_000)
    settings.updateSlowly({ serial: '2' })
    await clock.run(2_100)
    equal(serial(), '2')
  })

  it('goes along with what is written before', async () => {
    const { storage, clock, settings } = setUp()
    settings.updateSlowly({ total: 1 })
    await clock.run(2_100)
    settings.updateSlowly({ total: 2 })
    settings.update({ valveOpen: true })
    equal(new SettingsStore({ storage, clock }).values.total, 2)
    await clock.run(2 * 3_600_000)
    equal(storage.writes('settings'), 2)
  })
})
