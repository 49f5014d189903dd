import { deepEqual, equal } from 'node:assert/strict'
import {
  commandFilter,
  commandTopic,
  messageFilter,
  messagePrefix,
  offlineTopic,
  parseCommandTopic,
  parseMessageTopic,
} from '../../modules/delivery/topics.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

describe('a command topic', () => {
  const parsed = (topic: string) => {
    const result = parseCommandTopic(topic)
    return result.ok ? result.value : result.error
  }

  it('tells number, time and name', () => {
    deepEqual(parsed('/config/v2/1234567/1700000000/ping'), { serial: '1234567', time: 1700000000, name: 'ping' })
  })

  it('tells every time there will be', () => {
    for (const time of [0, ...FAR_TIMES.map(secondsOf)])
      deepEqual(parsed(`/config/v2/1234567/${time}/ping`), { serial: '1234567', time, name: 'ping' })
  })

  it('has six levels, none of them empty but the first', () => {
    for (const topic of [
      '',
      '/',
      'ping',
      '/config/v2',
      '/config/v2/1234567/ping',
      'config/v2/1234567/1700000000/ping',
      'x/config/v2/1234567/1700000000/ping',
      '//config/v2/1234567/1700000000/ping',
      '/x/config/v2/1234567/1700000000/ping',
      '/sample/v2/1234567/1700000000/ping',
      '/config/v2//1700000000/ping',
      '/config/v2/1234567/1700000000/',
      '/config/v2/1234567/1700000000/ping/',
      '/config/v2/1234567/1700000000/open_until/ping',
      '/config/v2/1234567//1700000000/ping',
    ])
      equal(parsed(topic), 'topic: expected /config/v2/<serial>/<time>/<command>', topic)
  })

  it('is of version 2', () => {
    for (const version of ['v1', 'v3', 'V2', 'v2 ', '2', ''])
      equal(parsed(`/config/${version}/1234567/1700000000/ping`), `version: expected v2, got ${version}`)
  })

  it('has a time of decimal digits', () => {
    for (const time of [
      'x',
      '-1',
      '+1',
      '1.5',
      '1e9',
      '0x6553f100',
      '0b1',
      '0o7',
      ' 1',
      '1 ',
      '',
      'NaN',
      '9'.repeat(16),
    ])
      equal(parsed(`/config/v2/1234567/${time}/ping`), `time: expected decimal digits, got ${time}`)
  })
})

describe('a topic of a device', () => {
  it('tells kind, serial number and time', () => {
    const topic = messagePrefix('sample', '0012345') + 1700000000
    equal(topic, '/sample/v2/0012345/1700000000')
    deepEqual(parseMessageTopic(topic), { kind: 'sample', serial: '0012345', time: 1700000000 })
  })

  it('is read without a kind and a number where another has made it', () => {
    for (const topic of ['', 'x']) deepEqual(parseMessageTopic(topic), { kind: '', serial: '', time: Number.NaN })
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
