import { deepEqual, equal } from 'node:assert/strict'
import { Runner } from '../../site/world/runner.js'
import { USUAL } from '../../site/world/scenario.js'
import { seededRandom } from '../../twin/random.js'
import { KEY } from './key.js'

const HOUR = 3_600_000
/** A turn passes some minutes over. */
const MOST_TURNS = 3_000

/** Passes hours over on a computer whose turns end at any moment. @returns how far it came, and what is left */
async function passed(seed: number, hours: number): Promise<{ now: number; left: number }> {
  const random = seededRandom(seed)
  let clock = 0
  let turn: (() => void) | undefined
  let seen = { now: 0, left: 0 }
  const runner = new Runner({
    now: () => (clock += random() * 5),
    later: (next) => {
      turn = next
    },
    post: (report) => {
      if (report.is !== 'batch') return equal(report.is, 'ready')
      seen = { now: report.state.now, left: report.state.toPass }
      runner.order({ do: 'shown' })
    },
    newKey: () => KEY.slice(),
  })
  runner.order({ do: 'start', scenario: USUAL, unix: 1_800_000_000_000 })
  for (let hour = 0; hour < hours; hour++) runner.order({ do: 'pass', ms: HOUR })
  for (let turns = 0; turns < MOST_TURNS && seen.now < hours * HOUR; turns++) {
    await new Promise((resolve) => setImmediate(resolve))
    const next = turn
    turn = undefined
    next?.()
  }
  return seen
}

describe('time that is passed over in the playground', () => {
  for (const seed of [1, 2, 3, 4])
    it(`comes to its end, whenever turns end, seed ${seed}`, async () => {
      deepEqual(await passed(seed, 12), { now: 12 * HOUR, left: 0 })
    })
})
