import { deepEqual, equal } from 'node:assert/strict'
import { DerivedFlow } from '../../modules/radio/derived-flow.js'
import { Plausibility } from '../../modules/radio/plausibility.js'

const MINUTE = 60_000
/** Litres a minute, 25 m3/h. */
const MOST_WATER = 417

/** A claim: minutes of the meter's clock, number of the telegram within that minute, litres. */
function claim(minutes: number, total: number, session = 0) {
  return { sessionNumber: 0x20000000 + minutes * 16 + session, total }
}

describe('a telegram is believed', () => {
  it('when its session number advances, and only once', () => {
    const meter = new Plausibility(MOST_WATER, undefined)
    equal(meter.judge(claim(1000, 8915), 0), 'believed')
    equal(meter.judge(claim(1000, 8915), 1), 'replayed')
    equal(meter.judge(claim(1000, 8915, 1), 16_000), 'believed')
    equal(meter.judge(claim(999, 8900), 32_000), 'replayed')
  })

  it('only as far as what was believed before power-off allows', () => {
    const meter = new Plausibility(MOST_WATER, claim(1000, 8915))
    equal(meter.judge(claim(999, 8914), 0), 'replayed')
    equal(meter.judge(claim(1000 + 60 * 24 * 30, 8915 + 20_000), 0), 'believed')
  })

  it('with a total that has gone backwards only when the next says so too', () => {
    const meter = new Plausibility(MOST_WATER, claim(1000, 8915))
    equal(meter.judge(claim(1001, 8914), MINUTE), 'doubtful')
    equal(meter.judge(claim(1002, 8916), 2 * MINUTE), 'believed')
    equal(meter.judge(claim(1003, 12), 3 * MINUTE), 'doubtful')
    equal(meter.judge(claim(1004, 13), 4 * MINUTE), 'believed')
    deepEqual(meter.last, claim(1004, 13))
  })

  it('with an impossible jump only when the next says so too', () => {
    const meter = new Plausibility(MOST_WATER, claim(1000, 8915))
    equal(meter.judge(claim(1001, 8915 + 1200), MINUTE), 'doubtful')
    equal(meter.judge(claim(1002, 8916), 2 * MINUTE), 'believed')
    equal(meter.judge(claim(1003, 80_000), 3 * MINUTE), 'doubtful')
    equal(meter.judge(claim(1004, 80_100), 4 * MINUTE), 'believed')
  })

  it('with a session number far ahead only when the next follows it: a forged one does not lock the meter out', () => {
    const meter = new Plausibility(MOST_WATER, undefined)
    equal(meter.judge(claim(1000, 8915), 0), 'believed')
    equal(meter.judge(claim(900_000, 8916), MINUTE), 'doubtful')
    equal(meter.judge(claim(1002, 8916), 2 * MINUTE), 'believed')
  })
})

describe('the flow of a meter that tells only its total', () => {
  it('is what was used since the sample before, in l/h', () => {
    const flow = new DerivedFlow()
    equal(flow.next(8915, 0), undefined)
    equal(flow.next(8916, 64_000), 56)
    equal(flow.next(8916, 128_000), 0)
  })

  it('is left out when the sample before is too near, too long ago, or the total has gone back', () => {
    const flow = new DerivedFlow()
    flow.next(8915, 0)
    equal(flow.next(8916, 59_000), undefined)
    equal(flow.next(8917, 8_000_000), undefined)
    equal(flow.next(8900, 8_064_000), undefined)
    equal(flow.next(8901, 8_128_000), 56)
  })
})
