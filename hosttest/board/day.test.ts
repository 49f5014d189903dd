// node only
import { equal, ok } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { runBoard } from './run.js'

/** The share that the memory may be larger after the day than it ever was in the first third of it. */
const GROWTH = 0.01

describe('a day of a board with the faults of its network', function () {
  this.timeout(900_000)
  needsMachine(this)

  it('loses and doubles no sample, and takes no more memory in the end', async () => {
    const { lines } = await runBoard({
      world: `import { dayOfFaults } from './world/day.js'
void dayOfFaults(0)`,
    })
    const { samples, boots, memory } = JSON.parse(lines.at(-1)!) as { samples: number; boots: number; memory: number[] }
    ok(samples >= 1_440, `${samples} samples`)
    equal(boots, 1)
    const [early, last] = [Math.max(...memory.slice(0, 8)), memory.at(-1)!]
    ok(last <= early * (1 + GROWTH), `${early} bytes at most in eight hours, ${last} after a day`)
  })
})
