import { equal } from 'node:assert/strict'
import { EARLIEST, unixTime } from '../../modules/time/unix-time.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

describe('the unix time of 32 bits', () => {
  const times = ['2026-01-01T00:00:00Z', '2027-01-15T08:00:00Z', ...FAR_TIMES, '2162-02-07T06:28:15Z']

  for (const time of times)
    it(`is ${time}, whether the bits are signed or not`, () => {
      const unix = secondsOf(time)
      equal(unixTime(unix % 2 ** 32), unix)
      equal(unixTime(unix | 0), unix)
    })

  it('takes the whole time too', () => {
    for (const time of times) equal(unixTime(secondsOf(time)), secondsOf(time))
  })

  it('takes what is before 2026 for a later time', () => {
    equal(EARLIEST, secondsOf('2026-01-01T00:00:00Z'))
    equal(unixTime(EARLIEST - 1), secondsOf('2162-02-07T06:28:15Z'))
    equal(unixTime(0), secondsOf('2106-02-07T06:28:16Z'))
    equal(unixTime(-1), secondsOf('2106-02-07T06:28:15Z'))
  })
})
