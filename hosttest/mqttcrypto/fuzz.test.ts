// node only
import { ok } from 'node:assert/strict'
import { envelope, errorOf, TOPIC } from '../../fuzz/envelope.js'
import { seededRandom } from '../../twin/random.js'
import { liveHeap } from '../support/heap.js'
import { parts } from '../support/parts.js'

const INPUTS = 50_000

describe('opening', () => {
  for (const { part, name } of parts(20)) {
    it(`throws at none and accepts none of ${INPUTS} mutated or random messages, in bounded memory, ${name}`, () => {
      const random = seededRandom(part)
      const below = (limit: number) => Math.floor(random() * limit)
      const genuine = [0, 14, 15, 100, 200].map((length) => envelope.seal(TOPIC, 'x'.repeat(length)))
      const failed: Record<string, number> = {}
      const before = liveHeap()
      for (let i = 0; i < INPUTS; i++) {
        const original = genuine[i % genuine.length]!
        const message = i % 3 === 0 ? randomMessage(below) : mutate(original, below)
        const otherTopic = i % 5 === 0
        if (!otherTopic && Buffer.compare(message, original) === 0) continue
        const topic = otherTopic ? TOPIC.slice(0, below(TOPIC.length)) : TOPIC
        const [cause = ''] = errorOf(message, topic).split(':')
        failed[cause] = (failed[cause] ?? 0) + 1
      }
      const grown = liveHeap() - before
      console.log(`      refused: ${JSON.stringify(failed)}, heap ${Math.round(grown / 1024)} kB more`)
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
