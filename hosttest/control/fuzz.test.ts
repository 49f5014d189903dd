// node only

import { deepEqual, equal, ok } from 'node:assert/strict'
import { commandTopic } from '../../modules/delivery/topics.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { seededRandom } from '../../twin/random.js'
import { POWER_ON, testTwin } from '../../twin/virtual.js'
import { parts } from '../support/parts.js'

const MESSAGES = 50_000

describe(`${MESSAGES} messages that are not in order`, () => {
  for (const { part, name } of parts(20)) {
    it(`do nothing, are not answered, and the device still answers ping, ${name}`, async () => {
      const { clock, broker, twin, envelope, storage, online, ask, log } = testTwin({ AUTO_CLOSE: '0' })
      await online()
      const random = seededRandom(part)
      const below = (limit: number) => Math.floor(random() * limit)
      const stranger = new Envelope(nodeCrypto, new Uint8Array(16).fill(1))
      const unixNow = () => Math.floor((POWER_ON + clock.now()) / 1000)
      const topicOf = (time: number, name = 'open') => commandTopic('1234567', time, name)

      const replayed = topicOf(unixNow(), 'ping')
      const replay = envelope.seal(replayed, '1')
      broker.publish(replayed, replay)
      await clock.run(1_000)
      const genuine = topicOf(unixNow())
      const message = envelope.seal(genuine, '1')
      const stale = [-90_000, -1_900, 1_900, 90_000].map((offset) => topicOf(unixNow() + offset))
      const staleMessages = stale.map((topic) => envelope.seal(topic, '1'))

      const kinds = { forged: 0, mutated: 0, replayed: 0, stale: 0, truncated: 0, 'other topic': 0 }
      const before = { messages: broker.messages.length, writes: storage.writes(''), changes: twin.ac1.changes }
      log.length = 0
      for (let i = 0; i < MESSAGES; i++) {
        switch (i % 6) {
          case 0:
            kinds.forged++
            broker.publish(genuine, i % 12 === 0 ? stranger.seal(genuine, '1') : randomBytes(64 + 16 * below(8), below))
            break
          case 1: {
            kinds.mutated++
            const bytes = message.slice()
            bytes[below(bytes.length)]! ^= 1 << below(8)
            broker.publish(genuine, bytes)
            break
          }
          case 2:
            kinds.replayed++
            broker.publish(replayed, replay)
            break
          case 3: {
            kinds.stale++
            const which = below(stale.length)
            broker.publish(stale[which]!, staleMessages[which]!)
            break
          }
          case 4:
            kinds.truncated++
            broker.publish(genuine, message.subarray(0, below(message.length)))
            break
          default:
            kinds['other topic']++
            broker.publish(topicOf(unixNow() + below(100), i % 2 === 0 ? 'open' : 'close_'), message)
        }
        if (i % 10_000 === 0) {
          await clock.run(25)
          log.length = 0
        }
      }
      await clock.run(100)
      console.log(`      ${JSON.stringify(kinds)}`)
      equal(twin.ac1.changes, before.changes)
      equal(storage.writes(''), before.writes)
      equal(broker.messages.slice(before.messages).filter(({ topic }) => !topic.startsWith('/sample/')).length, 0)
      deepEqual(await ask('ping'), ['ping'])
      ok(twin.ac1.level === 0)
    })
  }
})

function randomBytes(length: number, below: (limit: number) => number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i += 3) bytes[i] = below(256)
  return bytes
}
