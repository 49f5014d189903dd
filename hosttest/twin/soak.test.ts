// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { ViolationKind } from '../../soak/ledger.js'
import { page } from '../../soak/page.js'
import { Player } from '../../soak/player.js'
import { failureLines } from '../../soak/report.js'
import { type Incident, KINDS, type Kind, makeSchedule } from '../../soak/schedule.js'
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

async function playWith(tamper: (world: World) => void, kind: ViolationKind) {
  const play = { seed: 3, days: 4 / 24, schedule: FEW, tamper }
  const outcome = await new Player(play).play()
  const shrunk = await shrink(outcome, kind, play, 25)
  return { outcome, shrunk, kinds: shrunk.outcome.schedule.map(({ kind }) => kind) }
}

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
    equal(new Set(makeSchedule(5, 30).map(({ kind }) => kind)).size, KINDS.length)
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
    const { outcome, kinds } = await playWith(({ device: { storage }, twin }) => {
      const tags = new Map<string, Uint8Array>()
      const [read, write] = [storage.read.bind(storage), storage.write.bind(storage)]
      storage.read = (key) => (key.startsWith('tags') ? tags.get(key) : read(key))
      storage.write = (key, bytes) =>
        key.startsWith('tags') ? tags.set(key, bytes.slice()).size > 0 : write(key, bytes)
      const cut = twin.powerCut.bind(twin)
      twin.powerCut = (ms) => {
        tags.clear()
        cut(ms)
      }
    }, 'acted on')
    ok(outcome.hostile.actedOn > 0)
    ok(kinds.length <= 2 && kinds.some((kind) => kind.startsWith('power cut')), kinds.join())
  })

  it('finds a valve that moves by itself', async () => {
    const { kinds } = await playWith(({ clock, twin }) => {
      clock.set(() => twin.ac1.write(twin.ac1.level === 1 ? 0 : 1), 20 * MINUTE)
    }, 'valve')
    ok(kinds.length <= 1, kinds.join())
  })
})
