import { deepEqual, equal } from 'node:assert/strict'
import { Actuator } from '../../../modules/control/valve/actuator.js'
import { Valve } from '../../../modules/control/valve/valve.js'
import { SettingsStore } from '../../../modules/storage/settings-store.js'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { SimulatedOutput } from '../../../twin/output.js'
import { testClock } from '../../support/clock.js'
import { hosted } from '../../support/hosted.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A valve with a limit of 60,000 kWh whose meter tells 56,726 kWh, and whatever a minute's reading says then. */
function setUp(storage = new MemoryStorage()) {
  const clock = testClock()
  const output = new SimulatedOutput()
  const settings = new SettingsStore({ storage, clock })
  const said: string[] = []
  let at = 0
  const valve: Valve = hosted(Valve, {
    settings,
    actuator: new Actuator({ clock, ac1: output, ac2: undefined, normallyOpen: false, led: undefined }),
    flow: false,
    autoClose: true,
    onAutoClose: () => said.push('closed'),
    onLimitMoved: () => said.push(`limit ${valve.limitText}`),
    onNoTotal: (reason: string) => said.push(reason),
  })
  const read = (total: number | string, { serial = '1', unit = 'kWh', after = MINUTE } = {}) => {
    at += after
    valve.onReading({ serial, quantities: { e1: { value: String(total), unit } } }, at)
  }
  const begin = () => {
    read(56_726)
    valve.openUntil('60000')
  }
  return { valve, output, said, read, begin, storage, settings }
}

describe('a limit and a damaged reading', () => {
  it('have nothing to do with each other: one or two too high close nothing', () => {
    for (const wrong of [60_000, 90_000, 4_294_967_295]) {
      const { read, begin, output, said } = setUp()
      begin()
      for (let i = 0; i < 20; i++) {
        read(wrong)
        read(wrong + 1)
        read(56_727)
        equal(output.level, 1)
      }
      deepEqual(said, [])
    }
  })

  it('have nothing to do with each other either where three in a row are damaged, each in another way', () => {
    const { read, begin, output, said } = setUp()
    begin()
    for (let i = 0; i < 20; i++) {
      for (const wrong of [90_000, 4_294_967_295, 70_000]) read(wrong)
      read(56_727)
    }
    equal(output.level, 1)
    deepEqual(said, [])
  })

  it('that is lower does not move it', () => {
    const { read, begin, valve, said } = setUp()
    begin()
    for (let i = 0; i < 20; i++) {
      read(0)
      read(5)
      read(56_726 + i)
    }
    equal(valve.limitText, '60000')
    deepEqual(said, [])
  })

  it('make no payment larger: open_until_delta counts from what is believed', () => {
    const { read, begin, valve } = setUp()
    begin()
    read(90_000)
    valve.openUntilDelta('100')
    equal(valve.limitText, '56826')
  })
})

describe('a limit and what the meter really says', () => {
  it('closes at once when it is reached in small steps', () => {
    const { read, begin, output, said } = setUp()
    begin()
    for (let total = 56_726; total < 60_000; total += 50) read(total)
    equal(output.level, 1)
    read(60_000)
    equal(output.level, 0)
    deepEqual(said, ['closed'])
  })

  it('closes at the first reading when the meter has counted no faster than a heat meter can', () => {
    for (const [total, level] of [
      [56_926, 0],
      [56_927, 1],
    ] as const) {
      const { read, valve, output } = setUp()
      read(56_726)
      valve.openUntil('56900')
      read(total)
      equal(output.level, level, String(total))
    }
  })

  it('closes after a jump that three readings agree about, within minutes', () => {
    const { read, begin, output } = setUp()
    begin()
    read(61_000)
    read(61_000)
    equal(output.level, 1)
    read(61_001)
    equal(output.level, 0)
  })

  it('closes at the first reading after an outage in which so much could flow', () => {
    const { read, begin, output } = setUp()
    begin()
    read(60_500, { after: HOUR })
    equal(output.level, 0)
  })

  it('goes on after power-off where the total has gone on, at the first reading', () => {
    const first = setUp()
    first.begin()
    first.settings.flush()
    const { read, output, valve } = setUp(first.storage)
    equal(output.level, 1)
    read(56_800)
    equal(valve.hasTotal, true)
    read(56_820)
    equal(output.level, 1)
  })

  it('doubts a first reading after power-off that does not fit: it fell, or rose by more than 500 kWh', () => {
    const first = setUp()
    first.begin()
    first.settings.flush()
    for (const wrong of [4_294_967_295, 57_227, 56_725, 0]) {
      const { read, output, valve, said } = setUp(first.storage)
      read(wrong)
      deepEqual([output.level, valve.hasTotal], [1, false], String(wrong))
      read(56_800)
      deepEqual([output.level, valve.hasTotal, valve.limitText, said], [1, true, '60000', []])
    }
    for (const total of [56_726, 57_226]) {
      const { read, valve } = setUp(first.storage)
      read(total)
      equal(valve.hasTotal, true, String(total))
    }
  })

  it('doubts it too where the meter was new and had counted nothing', () => {
    const first = setUp()
    first.read(0)
    first.valve.openUntil('1000')
    first.settings.flush()
    const { read, output, valve } = setUp(first.storage)
    read(4_294_967_295)
    deepEqual([output.level, valve.hasTotal], [1, false])
  })

  it('is as it was commanded where that came before the first reading of all', () => {
    const { read, valve, said } = setUp()
    valve.openUntil('60000')
    read(56_726)
    deepEqual([valve.limitText, valve.remainingText, said], ['60000', '3274', []])
  })
})

describe('a new meter', () => {
  it('takes over what was left of the limit, within minutes, and it is said', () => {
    for (const start of [0, 12, 80_000]) {
      const { read, begin, output, valve, said } = setUp()
      begin()
      for (let i = 0; i < 3; i++) read(start, { serial: '2' })
      deepEqual([valve.limitText, output.level], [String(start + 60_000 - 56_726), 1])
      deepEqual(said, [`limit ${start + 60_000 - 56_726}`])
    }
  })

  it('may have the number of the one before: what was left is taken over where it counts anew', () => {
    const { read, begin, output, valve, said } = setUp()
    begin()
    for (let i = 0; i < 3; i++) read(0)
    deepEqual([valve.limitText, output.level, said], ['3274', 1, ['limit 3274']])
  })

  it('is given nothing of what was used since the total was stored', () => {
    const { read, begin, valve } = setUp()
    begin()
    for (const total of [56_800, 56_900]) read(total)
    for (let i = 0; i < 3; i++) read(0, { serial: '2' })
    equal(valve.limitText, '3100')
  })

  it('does so after power was off for the work', () => {
    const first = setUp()
    first.begin()
    first.settings.flush()
    const { read, output, valve, said } = setUp(first.storage)
    for (let i = 0; i < 3; i++) read(0, { serial: '2' })
    deepEqual([valve.limitText, output.level], ['3274', 1])
    deepEqual(said, ['limit 3274'])
  })

  it('gives nothing where nothing was left', () => {
    const { read, output, valve } = setUp()
    read(56_726)
    valve.openUntil('56000')
    equal(output.level, 0)
    for (let i = 0; i < 3; i++) read(0, { serial: '2' })
    equal(valve.limitText, '0')
    valve.open()
    read(1, { serial: '2' })
    equal(output.level, 0)
  })

  it('that has no limit gets none', () => {
    for (const start of [0, 80_000]) {
      const { read, valve, said } = setUp()
      read(56_726)
      for (let i = 0; i < 3; i++) read(start, { serial: '2' })
      equal(valve.limitText, '0')
      deepEqual(said, [])
    }
  })
})

describe('a total that cannot be counted', () => {
  it('leaves the valve as it is, and is said once', () => {
    for (const [value, unit, reason] of [
      ['1', 'therm', 'e1: the unit "therm" is not known'],
      ['-5', 'kWh', 'e1: -5 kWh cannot be counted'],
      ['9007199254740993', 'kWh', 'e1: 9007199254740993 kWh cannot be counted'],
    ] as const) {
      const { read, begin, output, said, valve } = setUp()
      begin()
      for (let i = 0; i < 50; i++) read(value, { unit })
      deepEqual([output.level, valve.limitText], [1, '60000'])
      deepEqual(said, [reason])
      read(56_727)
      for (let i = 0; i < 3; i++) read(value, { unit })
      deepEqual(said, [reason, reason])
    }
  })
})

describe('the total in flash', () => {
  it('is written four times a day at most, whatever the meter says, and no heat is given away with it', () => {
    const { read, begin, storage, settings, valve } = setUp()
    begin()
    settings.flush()
    const before = storage.writes('settings')
    for (let i = 0; i < 24 * 60; i++) {
      read(56_726 + i)
      settings.flush()
    }
    equal(storage.writes('settings') - before, 3 + 1)
    equal(valve.limitText, '60000')
  })
})
