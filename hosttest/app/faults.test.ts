// node only
import { equal, ok } from 'node:assert/strict'
import { RECOVERABLE, runFault } from '../../bench/recovery.js'

const RUNS = 8

describe('a fault of the network loses no sample, and is over at most 10 s after its cause:', () => {
  for (const fault of RECOVERABLE) {
    it(fault.name, async () => {
      for (let seed = 1; seed <= RUNS; seed++) {
        const { recovery, lost, doubled } = await runFault(fault, seed)
        ok(recovery <= 10_000, `${recovery} ms, seed ${seed}`)
        equal(lost, 0, `seed ${seed}`)
        equal(doubled, 0, `seed ${seed}`)
      }
    })
  }
})
