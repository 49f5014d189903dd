// node only
import { equal, ok } from 'node:assert/strict'
import { Flaw, type TwinImage } from '../../twin/image.js'
import { seededRandom } from '../../twin/random.js'
import { type UpdatedTwin, updatableTwin } from '../support/update.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const TWINS = 200
const STAGES = [1, 10, TWINS]
const OLD = '0.1.0'

describe(`a fleet of ${TWINS} twins over a lossy network`, () => {
  let fleet: UpdatedTwin[]
  const random = seededRandom(3)

  before(async () => {
    fleet = Array.from({ length: TWINS }, (_, i) => {
      const device = updatableTwin({ SERIAL: `${2_000_000 + i}` }, { seed: i, meterSerial: 2_000_000 + i })
      device.http.loses = () => random() < 0.02
      return device
    })
    for (const { online } of fleet) await online()
  })

  after(() => {
    for (const { twin } of fleet) twin.close()
  })

  /** A minute for everybody, in which some connections to the broker break. */
  async function minute(): Promise<void> {
    for (const { broker, clock } of fleet) {
      if (random() < 0.1) broker.breakAt = broker.packets + Math.floor(random() * 10)
      await clock.run(MINUTE)
      broker.breakAt = Number.POSITIVE_INFINITY
    }
  }

  /** Offers an image in stages. Returns how many were offered it, how many run it, and the minutes that it took. */
  async function rollOut(image: TwinImage): Promise<{ offered: number; running: number; minutes: number }> {
    let [offered, minutes] = [0, 0]
    const running = () => fleet.filter(({ twin }) => twin.image.version === image.version).length
    for (const stage of STAGES) {
      const before = fleet.map(({ told }) => told().length)
      for (; offered < stage; offered++) fleet[offered]!.offer(image)
      const ends = () => fleet.slice(0, offered).map(({ outcome }, i) => outcome(before[i]))
      const known = new Set<number>()
      for (let i = 0; i < offered; i++) if (fleet[i]!.twin.image.version === image.version) known.add(i)
      const isOver = () => ends().every((end, i) => known.has(i) || end !== undefined)
      for (const limit = minutes + 120; !isOver() && minutes < limit; minutes++) await minute()
      if (!ends().every((end, i) => known.has(i) || end?.includes('state=good'))) break
    }
    return { offered, running: running(), minutes }
  }

  it('stops a bad version at the first device', async () => {
    for (const flaw of [Flaw.Broken, Flaw.Crash]) {
      const { offered, running, minutes } = await rollOut({ version: `0.1.${flaw === Flaw.Broken ? 1 : 2}`, flaw })
      console.log(`      ${flaw}: ${offered} of ${TWINS} were offered it, ${running} run it, ${minutes} minutes`)
      equal(offered, 1)
      equal(running, 0)
      equal(fleet[0]!.twin.image.version, OLD)
    }
  })

  it('takes a good version, each device once, and loses no sample', async () => {
    const { offered, running, minutes } = await rollOut({ version: '0.2.0', size: 20_000 })
    const requests = fleet.reduce((sum, { http }) => sum + http.requests, 0)
    console.log(`      ${running} of ${offered} run it, ${minutes} minutes, ${requests} requests`)
    equal(running, TWINS)
    let samples = 0
    for (let i = 0; i < 10; i++) await minute()
    for (const { checkSamples, twin } of fleet) samples += checkSamples(twin.serial)
    ok(samples > TWINS * minutes)
  })
})
