import { deepEqual, equal } from 'node:assert/strict'
import { dispatch } from '../../modules/command/dispatch.js'
import { isInTimeWindow, parseCommandTopic } from '../../modules/command/topic.js'

describe('a command topic', () => {
  it('tells time and name', () => {
    deepEqual(parseCommandTopic('/config/v2/1234567/1700000000/ping'), { time: 1700000000, name: 'ping' })
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

describe('the time window', () => {
  it('is half an hour either way, both ends included', () => {
    const now = 1_700_000_000
    for (const [time, taken] of [
      [now - 1801, false],
      [now - 1800, true],
      [now, true],
      [now + 1800, true],
      [now + 1801, false],
      [0, false],
    ] as const)
      equal(isInTimeWindow(time, now), taken, String(time - now))
  })

  it('is shut as long as the clock is not set', () => {
    equal(isInTimeWindow(0, undefined), false)
  })
})

describe('the commands', () => {
  const target = { version: 'v-1.0', uptime: () => 4711 }

  it('answer with their text', () => {
    equal(dispatch('ping', '1', target), '')
    equal(dispatch('version', '1', target), 'v-1.0')
    equal(dispatch('uptime', '1', target), '4711')
  })

  it('have exact names', () => {
    for (const name of ['Ping', 'pin', 'ping2', '', 'toString', '__proto__', 'hasOwnProperty'])
      equal(dispatch(name, '1', target), undefined, name)
  })
})
