import { deepEqual, equal } from 'node:assert/strict'
import {
  commandFilter,
  commandTopic,
  messageFilter,
  messageTopic,
  offlineTopic,
  parseCommandTopic,
  parseMessageTopic,
} from '../../modules/delivery/topics.js'
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

describe('a topic of a device', () => {
  it('tells kind, serial number and time', () => {
    const topic = messageTopic('sample', '0012345', 1700000000)
    equal(topic, '/sample/v2/0012345/1700000000')
    deepEqual(parseMessageTopic(topic), { kind: 'sample', serial: '0012345', time: 1700000000 })
  })

  it('has no time where it is the will', () => {
    equal(offlineTopic('0012345'), '/offline/v1/0012345')
    deepEqual(parseMessageTopic('/offline/v1/0012345'), { kind: 'offline', serial: '0012345', time: undefined })
  })
})

describe('a filter', () => {
  it('is for one device or for all, and for one kind or for all', () => {
    equal(messageFilter('ping', '0012345'), '/ping/v2/0012345/#')
    equal(messageFilter(undefined, '0012345'), '/+/v2/0012345/#')
    equal(messageFilter(), '/+/v2/+/#')
    equal(offlineTopic(), '/offline/v1/+')
  })

  it('of a device lets its commands through', () => {
    equal(commandFilter('0012345'), '/config/v2/0012345/#')
    equal(commandTopic('0012345', 1700000000, 'ping'), '/config/v2/0012345/1700000000/ping')
  })
})
