import { deepEqual, equal } from 'node:assert/strict'
import { parseCommandTopic } from '../../modules/control/topic.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

describe('a command topic', () => {
  it('tells time and name', () => {
    deepEqual(parseCommandTopic('/config/v2/1234567/1700000000/ping'), { time: 1700000000, name: 'ping' })
  })

  it('tells every time there will be', () => {
    for (const time of FAR_TIMES.map(secondsOf))
      deepEqual(parseCommandTopic(`/config/v2/1234567/${time}/ping`), { time, name: 'ping' })
  })

  it('is nothing when a level is missing', () => {
    for (const topic of ['', '/', '/config/v2/1234567/ping', '/config/v2', 'ping'])
      equal(parseCommandTopic(topic), undefined)
  })

  it('has time 0 when that is no number', () => {
    for (const time of ['x', '-1', '1.5', '1e99', 'NaN'])
      deepEqual(parseCommandTopic(`/config/v2/1234567/${time}/ping`), { time: 0, name: 'ping' })
  })
})
