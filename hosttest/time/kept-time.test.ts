import { equal, ok } from 'node:assert/strict'
import { keptTime, machineSeconds } from '../../modules/time/kept-time.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

const YEAR = 31_557_600

describe('the time that the machine keeps over a restart', () => {
  for (const time of ['2026-01-01T00:00:00Z', '2027-01-15T08:00:00Z', ...FAR_TIMES])
    it(`is ${time} in the 32 bits that the SDK takes, and runs on`, () => {
      const unix = secondsOf(time) * 1000
      const seconds = machineSeconds(unix)
      equal(seconds, seconds >>> 0)
      equal(keptTime(seconds * 1000), unix)
      equal(keptTime(seconds * 1000 + 86_400_123), unix + 86_400_123)
    })

  it('is set to the nearest second', () => {
    equal(machineSeconds(1_800_000_000_499), machineSeconds(1_800_000_000_000))
    equal(machineSeconds(1_800_000_000_500), machineSeconds(1_800_000_001_000))
  })

  it('is none on a clock that began to run when power came, for years', () => {
    for (const seconds of [0, 1, 86_400, 9 * YEAR]) equal(keptTime(seconds * 1000), undefined)
  })

  it('is none, and no wrong one, when 32 bits no longer hold it', () => {
    const unix = secondsOf('2155-01-01T00:00:00Z') * 1000
    ok(machineSeconds(unix) >= 2 ** 32)
    equal(keptTime((machineSeconds(unix) >>> 0) * 1000), undefined)
  })
})
