// node only
import { equal } from 'node:assert/strict'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { messageLine, openMessage } from '../../tools/listen.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

describe('a message that listen prints', () => {
  for (const time of FAR_TIMES)
    it(`has its time, ${time}`, () => {
      const envelope = new Envelope(nodeCrypto, new Uint8Array(16))
      const topic = `/ping/v2/1234567/${secondsOf(time)}`
      const message = openMessage(envelope, topic, envelope.seal(topic, 'a=1'))
      if (typeof message === 'string') throw new Error(message)
      equal(message.time, secondsOf(time))
      equal(messageLine(message), `${time.replace('T', ' ').replace('Z', '')}  ${topic}  a=1`)
    })
})
