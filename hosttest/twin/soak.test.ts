// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { ViolationKind } from '../../soak/ledger.js'
import { LyingMeter } from '../../soak/lying-meter.js'
import { page } from '../../soak/page.js'
import { Player } from '../../soak/player.js'
import { failureLines } from '../../soak/report.js'
import { type Incident, isHostile, KINDS, type Kind, makeSchedule } from '../../soak/schedule.js'
import { type Shrunk, shrink } from '../../soak/shrink.js'
import type { World } from '../../soak/world.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const incident = (kind: Kind, hours: number, minutes: number): Incident => ({
  kind,
  at: hours * HOUR,
  length: minutes * MINUTE,
})

/** Four hours in which a good deal happens. */
const FEW: readonly Incident[] = [
  incident('valve commands', 0.5, 10),
  incident('line silent', 0.8, 5),
  incident('DNS dead', 1, 10),
  incident('power cut behind a command', 1.5, 0.5),
  incident('hostile packets', 1.55, 10),
  incident('access point gone', 2, 20),
  incident('power cut', 2.5, 3),
  incident('link lost', 2.8, 1),
]

async function playWith(tamper: (world: World) => void, kind: ViolationKind, schedule = FEW) {
  const play = { seed: 3, days: 4 / 24, schedule, tamper }
  const outcome = await new Player(play).play()
  const shrunk = await shrink(outcome, kind, play, 25)
  return { outcome, shrunk, kinds: shrunk.outcome.schedule.map(({ kind }) => kind) }
}

/** A power cut behind commands, and then nobody but a stranger. */
const REPLAYED: readonly Incident[] = [
  incident('line silent', 0.3, 5),
  incident('valve commands', 0.5, 10),
  incident('power cut', 0.68, 1),
  incident('hostile packets', 0.71, 10),
]

/** Four hours in which everybody is hostile. */
const HOSTILE: readonly Incident[] = [
  incident('valve commands', 0.3, 10),
  incident('broker holds back', 0.3, 15),
  incident('meter damaged', 0.4, 60),
  incident('all time servers lie', 0.6, 90),
  incident('broker replays', 0.8, 30),
  incident('power cut', 1, 1),
  incident('flash full', 1.2, 10),
  incident('restart', 1.25, 1),
  incident('one time server lies', 2.4, 60),
  incident('valve commands', 2.5, 10),
  incident('air flips bits', 2.6, 20),
]

describe('a hostile soak', () => {
  const play = (tamper?: (world: World) => void) =>
    new Player({ seed: 4, days: 4 / 24, schedule: HOSTILE, ...(tamper && { tamper }) }).play()
  const kindsOf = (violations: readonly { kind: ViolationKind }[]) => new Set(violations.map(({ kind }) => kind))

  it('loses, doubles, forges and misdates nothing, moves the valve for a reason, and wears the flash little', async () => {
    const { violations, hostile, valve, meters } = await play()
    deepEqual(violations, [])
    ok(hostile.arrived > 100 && valve.commands > 3 && meters[0]!.delivered > 200)
  })

  it('has a meter that is wrong twice in a row at most, though noise may hide what it tells between', () => {
    const meter = new LyingMeter(() => 0, 10)
    meter.renamed = meter.damaged = 1
    const answers = (count: number) =>
      Array.from({ length: count }, () => {
        meter.serial(1)
        meter.registers(new Map())
        return [meter.isOwn, meter.isDamaged]
      })
    const [wrong, right] = [
      [false, true],
      [true, false],
    ]
    deepEqual(answers(4), [wrong, wrong, right, right])
    meter.onHeard(false, false)
    deepEqual(answers(1), [right])
    meter.onHeard(true, false)
    deepEqual(answers(3), [wrong, wrong, right])
  })

  it('has the faults of the soak with the same seed, and hostilities of every kind in a month', () => {
    const schedule = makeSchedule(5, 30, true)
    deepEqual(
      schedule.filter((one) => !isHostile(one)),
      makeSchedule(5, 30),
    )
    equal(new Set(schedule.map(({ kind }) => kind)).size, KINDS.length)
  })

  it('finds a date that is wrong and that no lie explains', async () => {
    const { violations } = await play(({ lies }) => {
      lies.excuse = () => false
    })
    ok(kindsOf(violations).has('misdated'))
  })

  it('finds a valve that believes a damaged reading', async () => {
    const { violations } = await play(({ clock, meter, operator, energy }) => {
      clock.set(() => operator.send('open_until', String(energy + 80_000)), 12 * MINUTE)
      clock.set(() => {
        const { registers } = meter
        meter.registers = (display) => {
          registers.call(meter, display)
          display.set(60, { unit: 2, siEx: 0, value: 4_000_000 })
        }
      }, 24 * MINUTE)
    })
    ok(kindsOf(violations).has('valve'))
  })

  it('finds a sample that the meter never told', async () => {
    const { violations } = await play(({ meter }) => {
      meter.endOf = () => undefined
    })
    ok(kindsOf(violations).has('forged'))
  })

  it('finds a device that writes without bound', async () => {
    const { violations } = await play(({ storage }) => {
      storage.writes = () => 10_000
    })
    ok(kindsOf(violations).has('wear'))
  })
})

describe('a soak', () => {
  it('of two days loses, doubles and forges nothing, and the valve moves for a reason', async () => {
    const schedule = makeSchedule(1, 2)
    const { violations, meters, hostile, valve, commands, boots } = await new Player({
      seed: 1,
      days: 2,
      schedule,
    }).play()
    deepEqual(violations, [])
    for (const { name, expected, delivered } of meters) ok(expected > 2_500 && delivered >= expected, name)
    ok(hostile.arrived > 500 && valve.byLimit > 0 && valve.commands > 10 && commands.done > 100 && boots > 3)
  })

  it('has the same schedule for the same seed, with every kind of fault in a month', () => {
    deepEqual(makeSchedule(5, 30), makeSchedule(5, 30))
    const others = KINDS.filter((kind) => !isHostile({ kind, at: 0, length: 0 }))
    equal(new Set(makeSchedule(5, 30).map(({ kind }) => kind)).size, others.length)
  })

  it('finds a sample that a broker swallows after its name was not resolved, and the one fault that it takes', async () => {
    const { outcome, shrunk, kinds } = await playWith(({ broker }) => {
      const resolve = broker.resolve.bind(broker)
      const deliver = broker.deliver.bind(broker)
      let wasDead = false
      broker.resolve = (...args) => {
        wasDead ||= !broker.resolving
        resolve(...args)
      }
      broker.deliver = (message) => {
        if (!wasDead || !message.topic.startsWith('/sample')) return deliver(message)
        wasDead = false
      }
    }, 'lost')
    equal(outcome.meters[0]!.lost + outcome.meters[1]!.lost, 1)
    deepEqual(kinds, ['DNS dead'])
    const lines = failureLines(outcome, shrunk).join('\n')
    ok(lines.includes('seed 3') && lines.includes('DNS dead, 10 min'), lines)
    ok(page([outcome], new Map<number, Shrunk>([[3, shrunk]])).includes('DNS dead, 10 min'))
  })

  it('finds that a command can be replayed where its memory does not outlive power', async () => {
    const { outcome, kinds } = await playWith(
      (world) => {
        const { storage } = world
        const [read, write] = [storage.read.bind(storage), storage.write.bind(storage)]
        let boot = 0
        storage.write = (key, bytes) => {
          if (key.startsWith('tags')) boot = world.boots
          return write(key, bytes)
        }
        storage.read = (key) => (key.startsWith('tags') && world.boots > boot ? undefined : read(key))
      },
      'acted on',
      REPLAYED,
    )
    ok(outcome.hostile.actedOn > 0)
    ok(kinds.length <= 3 && kinds.includes('power cut'), kinds.join())
  })

  it('finds a valve that moves by itself', async () => {
    const { kinds } = await playWith(({ clock, twin }) => {
      clock.set(() => twin.ac1.write(twin.ac1.level === 1 ? 0 : 1), 20 * MINUTE)
    }, 'valve')
    ok(kinds.length <= 1, kinds.join())
  })
})
