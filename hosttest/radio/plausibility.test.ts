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

/** Judges a claim that has the meter's own headers. */
function judge(meter: Plausibility, minutes: number, total: number, at = minutes * MINUTE) {
  return meter.judge(claim(minutes, total), at, true)
}

/** A meter that was believed at minute 1000 with this total. */
function believed(total: number): Plausibility {
  const meter = new Plausibility(MOST_WATER, claim(999, total))
  equal(judge(meter, 1000, total), 'believed')
  return meter
}

/** Judges a telegram a minute until one is believed; the minutes that it took. */
function minutesUntilBelieved(meter: Plausibility, from: number, total: number, clock = 0): number {
  for (let minute = 0; minute < 2_000; minute++)
    if (meter.judge(claim(from + clock + minute, total), (from + minute) * MINUTE, true) === 'believed') return minute
  return Number.POSITIVE_INFINITY
}

describe('a telegram is believed', () => {
  it('when its session number advances, and only once', () => {
    const meter = believed(8915)
    equal(judge(meter, 1000, 8915), 'replayed')
    equal(meter.judge(claim(1000, 8915, 1), 1000 * MINUTE + 16_000, true), 'believed')
    equal(judge(meter, 999, 8900, 1000 * MINUTE + 32_000), 'replayed')
  })

  it('only as far as what was believed before power-off allows', () => {
    const meter = new Plausibility(MOST_WATER, claim(1000, 8915))
    equal(judge(meter, 999, 8914, 0), 'replayed')
    equal(judge(meter, 1000 + 60 * 24 * 30, 8915 + 20_000, MINUTE), 'believed')
  })

  it('as the first of all when it is the fourth that goes on from those before, after 45 s', () => {
    const meter = new Plausibility(MOST_WATER, undefined)
    const verdicts = [0, 16, 32, 44, 48].map((s, i) => meter.judge(claim(1000, 8915, i), s * 1000, true))
    deepEqual(verdicts, ['doubtful', 'doubtful', 'doubtful', 'doubtful', 'believed'])
    const other = new Plausibility(MOST_WATER, undefined)
    for (const minute of [0, 1, 2]) equal(judge(other, minute, 4_000_000_000), 'doubtful')
    for (const minute of [3, 4, 5]) equal(judge(other, minute, 8915), 'doubtful')
    equal(judge(other, 6, 8915), 'believed')
  })

  it('only with records that the meter is known to send', () => {
    const meter = believed(8915)
    equal(meter.judge(claim(1001, 8915), 1001 * MINUTE, false), 'doubtful')
    const first = new Plausibility(MOST_WATER, undefined)
    for (let minute = 0; minute < 20; minute++)
      equal(first.judge(claim(minute, 8915), minute * MINUTE, false), 'doubtful')
  })

  it('with a total that rises as fast as the meter can count, however many telegrams say so', () => {
    const meter = believed(8915)
    let total = 8915
    for (let session = 1; session < 16; session++) {
      const at = 1000 * MINUTE + session * 1_000
      if (meter.judge(claim(1000, total + 300, session), at, true) === 'believed') total += 300
    }
    equal(total, 8915 + 600)
  })

  it('with a total that has risen by what the meter can count and what was left, and not by one more', () => {
    for (const [rise, verdict] of [
      [417 + 617, 'believed'],
      [417 + 618, 'doubtful'],
    ] as const)
      equal(judge(believed(8915), 1001, 8915 + rise), verdict)
    // The first of all: four that go on from each other, with 200 l and a minute more than have passed.
    for (const [rise, minutes] of [
      [2 * 417 + 200, 3],
      [2 * 417 + 201, 4],
    ] as const) {
      const first = new Plausibility(MOST_WATER, undefined)
      equal(judge(first, 0, 8915), 'doubtful')
      equal(minutesUntilBelieved(first, 1, 8915 + rise), minutes - 1)
    }
    const tooFast = new Plausibility(MOST_WATER, undefined)
    for (let minute = 0; minute < 20; minute++) equal(judge(tooFast, minute, 8915 + 1_000 * minute), 'doubtful')
    const fast = new Plausibility(MOST_WATER, undefined)
    for (const minute of [0, 1, 2]) equal(judge(fast, minute, 8915 + 400 * minute), 'doubtful')
    equal(judge(fast, 3, 8915 + 400 * 3), 'believed')
  })

  it('with a clock that is at most an hour ahead of ours at once, or 5 minutes out of step while it is borne out', () => {
    equal(judge(believed(8915), 1061, 8915, 1001 * MINUTE), 'believed')
    equal(judge(believed(8915), 1062, 8915, 1001 * MINUTE), 'doubtful')
    for (const [ahead, last] of [
      [5, 'believed'],
      [6, 'doubtful'],
      [-5, 'believed'],
      [-6, 'doubtful'],
    ] as const) {
      const first = new Plausibility(MOST_WATER, undefined)
      equal(judge(first, 1000, 8915), 'doubtful')
      const start = ahead < 0 ? 6 : 0
      for (const minute of [1, 2])
        equal(judge(first, 1000 + start + minute + ahead, 8915, (1000 + start + minute) * MINUTE), 'doubtful')
      equal(judge(first, 1000 + start + 3 + ahead, 8915, (1000 + start + 3) * MINUTE), last, `${ahead}`)
    }
  })

  it('not because one is sent again and again, and no less when each is heard twice', () => {
    const first = new Plausibility(MOST_WATER, undefined)
    for (let i = 0; i < 20; i++) equal(first.judge(claim(1000, 8915), i * 16_000, true), 'doubtful')
    const meter = believed(64_932)
    const verdicts = []
    for (let minute = 1001; minute <= 1004; minute++)
      for (const again of [0, 1]) verdicts.push(judge(meter, minute, 64_931, minute * MINUTE + again))
    deepEqual(verdicts.slice(5), ['doubtful', 'believed', 'replayed'])
  })

  it('after power-off, from a clock that has begun anew, as far as the meter can have counted since power-on', () => {
    const meter = new Plausibility(MOST_WATER, claim(1000, 8915))
    // 100,000 litres less the 617 that may come at once, at 417 a minute.
    equal(minutesUntilBelieved(meter, 5_000, 108_915, -4_900), Math.ceil((100_000 - 617) / MOST_WATER))
  })

  it('with a total that jumps only when telegrams bear it out for as long as the meter would count so much', () => {
    // 1113509 - 64932 litres at 417 a minute are more than a day.
    equal(minutesUntilBelieved(believed(64_932), 1001, 1_113_509), 24 * 60)
    equal(minutesUntilBelieved(believed(64_932), 1001, 0), Math.ceil((64_932 + 200) / MOST_WATER))
    equal(minutesUntilBelieved(believed(8915), 1001, 8914), 3)
  })

  it('with a total that has jumped never while the meter itself is heard', () => {
    const meter = believed(8915)
    for (let minute = 1001; minute < 5_000; minute++) {
      equal(meter.judge(claim(minute, 4_000, 0), minute * MINUTE, true), 'doubtful')
      if (minute % 3 === 0) equal(meter.judge(claim(minute, 8915, 1), minute * MINUTE + 1, true), 'believed')
    }
  })

  it('with a session number far ahead, or from a clock that has begun anew, after an hour in step with ours', () => {
    for (const clock of [900_000, -1000]) {
      const meter = believed(8915)
      equal(minutesUntilBelieved(meter, 1001, 8915, clock), 60)
      equal(minutesUntilBelieved(meter, 1062, 8915, clock), 0)
    }
    const meter = believed(8915)
    equal(judge(meter, 900_000, 8916, 1001 * MINUTE), 'doubtful')
    equal(judge(meter, 1002, 8916), 'believed')
  })

  it('not when recorded telegrams are sent faster than the meter sent them', () => {
    const meter = believed(8915)
    for (let minute = 0; minute < 900; minute++)
      equal(meter.judge(claim(minute, 8915), 1001 * MINUTE + minute * 10_000, true), 'replayed')
  })

  it('and what keeps it from being so is told', () => {
    const meter = believed(8915)
    equal(judge(meter, 1001, 12), 'doubtful')
    equal(meter.doubt, undefined, 'one telegram says nothing')
    for (const session of [1, 2, 3, 4]) meter.judge(claim(1001, 12, session), 1001 * MINUTE + session * 11_000, true)
    equal(meter.doubt, undefined, 'nor do many at once')
    judge(meter, 1002, 12)
    equal(meter.doubt, 'total')
    equal(judge(meter, 1005, 8915), 'believed')
    equal(meter.doubt, undefined)
    for (const minute of [1, 2, 3, 4]) judge(meter, minute, 8915, (1005 + minute) * MINUTE)
    equal(meter.doubt, 'clock')
  })
})

describe('the flow of a meter that tells only its total', () => {
  it('is what was used since the sample before, in l/h', () => {
    const flow = new DerivedFlow()
    equal(flow.next(8915, 0), undefined)
    equal(flow.next(8916, 64_000), 56)
    equal(flow.next(8916, 128_000), 0)
    equal(flow.next(8926, 128_000 + 7_200_000), 5)
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
