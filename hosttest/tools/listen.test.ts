// node only
import { equal, match } from 'node:assert/strict'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { withoutPassword } from '../../tools/broker-options.js'
import { messageLine, openMessage } from '../../tools/listen.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

describe('a message that listen prints', () => {
  for (const time of FAR_TIMES)
    it(`has its time, ${time}`, () => {
      const envelope = new Envelope(nodeCrypto, new Uint8Array(16))
      const topic = `/ping/v2/1234567/${secondsOf(time)}`
      const message = openMessage(() => envelope, topic, envelope.seal(topic, 'a=1'))
      if (typeof message === 'string') throw new Error(message)
      equal(message.time, secondsOf(time))
      equal(messageLine(message), `${time.replace('T', ' ').replace('Z', '')}  ${topic}  a=1`)
    })

  it('may have a time that no calendar has', () => {
    const envelope = new Envelope(nodeCrypto, new Uint8Array(16))
    for (const time of ['99999999999999', '8640000000001', '9'.repeat(30)]) {
      const topic = `/ping/v2/1234567/${time}`
      const message = openMessage(() => envelope, topic, envelope.seal(topic, 'a=1'))
      if (typeof message !== 'string') equal(messageLine(message), `${Number(time)}  ${topic}  a=1`)
    }
  })

  it('is none where the key is wrong, which is said first', () => {
    const [right, wrong] = [1, 2].map((byte) => new Envelope(nodeCrypto, new Uint8Array(16).fill(byte)))
    const topic = `/ping/v2/1234567/${secondsOf('2026-11-27T12:00:00Z')}`
    match(String(openMessage(() => wrong, topic, right!.seal(topic, 'a=1'))), /^wrong key /)
  })
})

describe('the URL of a broker', () => {
  it('is shown without its password', () => {
    for (const [url, shown] of [
      ['mqtt://user:pass@host:1883', 'mqtt://user:***@host:1883'],
      ['mqtt://:p@ss:w/rd@host', 'mqtt://:***@host'],
      ['user:pass@host', 'user:***@host'],
      ['mqtt://host:1883', 'mqtt://host:1883'],
    ] as const)
      equal(withoutPassword(url), shown)
  })
})
