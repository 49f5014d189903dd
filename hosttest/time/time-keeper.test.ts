import { deepEqual, equal, ok } from 'node:assert/strict'
import { TimeKeeper } from '../../modules/time/time-keeper.js'
import { WallClock } from '../../modules/time/wall-clock.js'
import { seededRandom } from '../../twin/random.js'
import { testClock } from '../support/clock.js'
import { hosted } from '../support/hosted.js'

const NOW = 1_800_000_000_000
const YEAR = 31_536_000_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** @param answer how far a server's time is from the right one, in ms; undefined where it does not answer */
function setUp(answer: (server: string, at: number) => number | undefined) {
  const clock = testClock()
  const wallClock = new WallClock(clock)
  const asked: string[] = []
  const log: string[] = []
  const keeper = hosted(TimeKeeper, {
    clock,
    random: seededRandom(1),
    query: async (server) => {
      asked.push(server)
      const wrong = answer(server, clock.now())
      return wrong === undefined ? undefined : NOW + clock.now() + wrong
    },
    wallClock,
    onTime: (unix: number) => wallClock.set(unix),
    log: (text) => log.push(text),
  })
  /** How far the device's time is from the right one. */
  const error = () => (wallClock.unix() ?? Number.NaN) - NOW - clock.now()
  return { clock, keeper, asked, log, error, wallClock }
}

describe('the time', () => {
  it('is asked for at once, of a second server soon after, then of another every hour', async () => {
    const { clock, keeper, asked, error } = setUp(() => 0)
    keeper.start()
    await clock.run(1_000)
    equal(error(), 0)
    await clock.run(3 * HOUR + MINUTE)
    const four = ['dk.pool.ntp.org', 'us.pool.ntp.org', 'time.cloudflare.com', 'time.google.com']
    deepEqual(asked, [...four, 'dk.pool.ntp.org'])
  })

  it('is not moved little by little by one server that lies a little more each time', async () => {
    for (const sign of [1, -1]) {
      let lie = 0
      const { clock, keeper, error } = setUp((server) => {
        if (server !== 'us.pool.ntp.org') return 0
        lie += sign * 59_000
        return lie
      })
      keeper.start()
      for (let hour = 0; hour < 200; hour++) {
        await clock.run(HOUR)
        ok(Math.abs(error()) <= MINUTE, `${error()} ms after ${hour} h`)
      }
    }
  })

  for (const [what, others] of [
    ['the others are right', 0],
    ['no other answers', undefined],
  ] as const)
    it(`is not moved little by little by one server while the network comes and goes, where ${what}`, async () => {
      for (const sign of [1, -1]) {
        let lie = 0
        const { clock, keeper, error } = setUp((server, at) => {
          if (server !== 'dk.pool.ntp.org') return others
          if (at > 0) lie += sign * 59_000
          return lie
        })
        keeper.start()
        await clock.run(MINUTE)
        for (let drop = 0; drop < 60; drop++) {
          keeper.stop()
          keeper.start()
          await clock.run(MINUTE / 2)
          ok(Math.abs(error()) <= MINUTE, `${error()} ms after drop ${drop}`)
        }
      }
    })

  it('follows the only server that answers, however far the clock of the device goes wrong in days', async () => {
    // The device's clock loses 10 s an hour.
    const { clock, keeper, error } = setUp((server, at) =>
      server.startsWith('us.') ? (at / HOUR) * 10_000 : undefined,
    )
    keeper.start()
    for (let hour = 0; hour < 100; hour++) {
      await clock.run(HOUR)
      const late = (clock.now() / HOUR) * 10_000 - error()
      ok(late >= 0 && late < MINUTE, `${late} ms late after ${hour} h`)
    }
  })

  it('is asked of the next server after the network was away, also where one is silent each time', async () => {
    const { keeper, clock, asked } = setUp(() => undefined)
    for (let i = 0; i < 5; i++) {
      keeper.start()
      keeper.stop()
      await clock.run(MINUTE)
    }
    equal(new Set(asked).size, 4)
    equal(asked[4], asked[0])
  })

  it('is asked from the next server when one does not answer', async () => {
    const { clock, keeper, asked, error } = setUp((server) => (server.startsWith('us.') ? 0 : undefined))
    keeper.start()
    await clock.run(5_000)
    deepEqual(asked, ['dk.pool.ntp.org', 'us.pool.ntp.org'])
    equal(error(), 0)
  })

  it('is not asked for without a network', async () => {
    const { clock, keeper, asked } = setUp(() => undefined)
    keeper.start()
    keeper.stop()
    await clock.run(MINUTE)
    equal(asked.length, 1)
  })

  it('that is known is not moved by one server, whichever it is and whatever it says', async () => {
    for (const liar of [0, 1, 2, 3])
      for (const lie of [10 * YEAR, -10 * YEAR, 2 * MINUTE, -2 * MINUTE]) {
        const names: string[] = []
        const { clock, keeper, error, wallClock } = setUp((server) => {
          if (!names.includes(server)) names.push(server)
          return names.indexOf(server) === liar ? lie : 0
        })
        wallClock.set(NOW)
        keeper.start()
        for (let minute = 0; minute < 300; minute++) {
          await clock.run(MINUTE)
          equal(error(), 0)
        }
      }
  })

  it('that came first and was wrong is put right within a minute', async () => {
    const { clock, keeper, error } = setUp((server) => (server.startsWith('dk.') ? 10 * YEAR : 0))
    keeper.start()
    await clock.run(MINUTE)
    equal(error(), 0)
  })

  it('is put right by two servers that agree, within seconds', async () => {
    const { clock, keeper, error, log, wallClock } = setUp(() => 0)
    wallClock.set(NOW - 5 * MINUTE)
    keeper.start()
    await clock.run(5_000)
    equal(error(), 0)
    equal(log.length, 1)
  })

  it('is put right by a single server where no other answers for ten minutes', async () => {
    const { clock, keeper, error, wallClock } = setUp((server) => (server.startsWith('us.') ? 0 : undefined))
    wallClock.set(NOW - 5 * MINUTE)
    keeper.start()
    await clock.run(9 * MINUTE)
    equal(error(), -5 * MINUTE)
    await clock.run(2 * MINUTE)
    equal(error(), 0)
  })

  it('stays where servers contradict it in different ways', async () => {
    let lies = 0
    const { clock, keeper, error, wallClock } = setUp(() => ++lies * HOUR)
    wallClock.set(NOW)
    keeper.start()
    await clock.run(HOUR)
    equal(error(), 0)
    ok(lies > 100)
  })
})
