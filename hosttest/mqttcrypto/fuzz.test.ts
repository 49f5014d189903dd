// node only
import { equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { seededRandom } from '../../twin/random.js'
import { liveHeap } from '../support/heap.js'
import { parts } from '../support/parts.js'

const INPUTS = 50_000

describe('opening', () => {
  for (const { part, name } of parts(20)) {
    it(`throws at none and accepts none of ${INPUTS} mutated or random messages, in bounded memory, ${name}`, () => {
      const random = seededRandom(part)
      const below = (limit: number) => Math.floor(random() * limit)
      const envelope = new Envelope(nodeCrypto, fromHex('ef500c9268cf749016d26d6cbfaaf7bf')!)
      const topic = '/config/v2/1234567/1700000000/open_until'
      const genuine = [0, 14, 15, 100, 200].map((length) => envelope.seal(topic, 'x'.repeat(length)))
      let accepted = 0
      const failed: Record<string, number> = {}
      const before = liveHeap()
      for (let i = 0; i < INPUTS; i++) {
        const original = genuine[i % genuine.length]!
        const message = i % 3 === 0 ? randomMessage(below) : mutate(original, below)
        const otherTopic = i % 5 === 0
        if (!otherTopic && Buffer.compare(message, original) === 0) continue
        const opened = envelope.open(otherTopic ? topic.slice(0, below(topic.length)) : topic, message)
        if (opened.ok) accepted++
        else failed[opened.error.split(':')[0]!] = (failed[opened.error.split(':')[0]!] ?? 0) + 1
      }
      const grown = liveHeap() - before
      console.log(`      refused: ${JSON.stringify(failed)}, heap ${Math.round(grown / 1024)} kB more`)
      equal(accepted, 0)
      ok(failed.hmac! > INPUTS / 4 && failed.length! > 0)
      ok(grown < 1 << 20)
    })
  }
})

function mutate(original: Uint8Array, below: (limit: number) => number): Uint8Array {
  const bytes = original.slice()
  switch (below(4)) {
    case 0:
      bytes[below(bytes.length)]! ^= 1 << below(8)
      return bytes
    case 1:
      return bytes.subarray(0, 16 * below(bytes.length / 16))
    case 2:
      return bytes.copyWithin(below(bytes.length), below(bytes.length))
    default:
      return bytes.fill(below(256), below(bytes.length))
  }
}

function randomMessage(below: (limit: number) => number): Uint8Array {
  const bytes = new Uint8Array(below(2) === 0 ? 16 * below(40) : below(700))
  for (let i = 0; i < bytes.length; i += 4) bytes[i] = below(256)
  return bytes
}
