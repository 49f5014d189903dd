// node only
import { deepEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { cutWorld } from '../../support/journal.js'

describe('the journal, whatever happens to it', () => {
  it('loses and doubles nothing when power goes again and again', () => {
    let cuts = 0
    const step = fc.oneof(
      fc.record({ kind: fc.constant('sample' as const), value: fc.integer({ min: 1, max: 2_000 }) }),
      fc.record({ kind: fc.constant('deliver' as const), value: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ kind: fc.constant('connect' as const), value: fc.constant(0) }),
      fc.record({ kind: fc.constant('restart' as const), value: fc.integer({ min: 0, max: 1 }) }),
      fc.record({ kind: fc.constant('cut' as const), value: fc.integer({ min: 0, max: 300 }) }),
      fc.record({ kind: fc.constant('turns' as const), value: fc.integer({ min: 0, max: 8 }) }),
    )
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 150, size: 'max' }),
        fc.integer(),
        fc.constantFrom('byte' as const, 'page' as const),
        fc.boolean(),
        (steps, seed, tear, isPrompt) => {
          const { flash, world: device } = cutWorld(seed, tear, Number.POSITIVE_INFINITY, 1024)
          device.isPrompt = isPrompt
          device.connect()
          for (const { kind, value } of steps) {
            if (kind === 'sample') device.sample(value)
            if (kind === 'deliver') for (let i = 0; i < value; i++) device.deliver(i % 2 === 0)
            if (kind === 'connect') device.connect()
            if (kind === 'restart') {
              device.powerOn(value === 1)
              device.connect()
            }
            if (kind === 'turns') device.turns(value)
            if (kind === 'cut') flash.cutAt = flash.steps + value
            if (!device.knowsTime && kind === 'connect') device.learnTime()
          }
          device.learnTime()
          flash.powerOn()
          device.deliverAll()
          deepEqual({ twice: device.twice, lost: device.lost }, { twice: [], lost: [] })
          cuts += device.cuts
        },
      ),
      { numRuns: 1_000 },
    )
    console.log(`      ${cuts} power cuts`)
    ok(cuts > 500)
  })
})
