// node only
import { ok } from 'node:assert/strict'
import { framesIn } from '../../fuzz/kmp.js'
import { fromHex } from '../../modules/codec/hex.js'
import { START_FROM_METER, STOP, STUFF } from '../../modules/kmp/constants.js'
import { KmpParser } from '../../modules/kmp/parser.js'
import { decodeRegisters } from '../../modules/kmp/registers.js'
import { seededRandom } from '../../twin/random.js'
import { type Below, changed } from '../support/changed.js'
import { liveHeap } from '../support/heap.js'
import { parts } from '../support/parts.js'

const REPLY = fromHex(
  '403f10003c0304430000dd9600442804420002041f03ec2e040000011e6f0056250442000009390057250442000008ab00592604420000008e004a29040000000000005016044100000000' +
    '05cc0d',
)!
const ASKED = [60, 68, 1004, 86, 87, 89, 74, 80]
const INPUTS = 50_000
const RESERVED = [START_FROM_METER, STOP, STUFF, 0x80, 0x06]
const WORDS = RESERVED.map((byte) => [byte])

describe('the KMP parser', () => {
  for (const { part, name } of parts(20)) {
    it(`accepts of ${INPUTS} mutated or random inputs none without a right checksum, in bounded memory, ${name}`, () => {
      const random = seededRandom(part)
      const below = (limit: number) => Math.floor(random() * limit)
      const parser = new KmpParser()
      const count = { frames: 0, unchanged: 0, byChance: 0 }
      const before = liveHeap()
      for (let i = 0; i < INPUTS; i++) {
        const input = i % 2 === 0 ? mutate(REPLY, below) : randomBytes(below)
        parser.reset()
        for (const frame of framesIn(input, parser)) {
          count.frames++
          if (!frame.ok) continue
          if (contains(input, REPLY)) count.unchanged++
          else if (isReadable(frame.value.data)) count.byChance++
        }
      }
      const grown = liveHeap() - before
      console.log(
        `      ${count.frames} frames, ${count.unchanged} with the reply untouched, heap ${Math.round(grown / 1024)} kB more`,
      )
      // A checksum of 16 bits lets one damaged frame in 65,536 pass.
      ok(count.byChance <= 1, `${count.byChance} passed by chance`)
      ok(count.frames > INPUTS / 4)
      ok(grown < 1 << 20)
    })
  }
})

/** A reading takes something from it. */
function isReadable(data: Uint8Array): boolean {
  const registers = decodeRegisters(data)
  return registers.ok && registers.value.some((register) => ASKED.includes(register.id))
}

function mutate(original: Uint8Array, below: Below): Uint8Array {
  let bytes = original
  // What is empty has no place for a change.
  for (let left = 1 + below(4); left > 0 && bytes.length > 0; left--) bytes = changed(bytes, below, WORDS)
  return bytes
}

/** Frames of random content, most of them with a start and a stop. */
function randomBytes(below: Below): Uint8Array {
  const bytes = new Uint8Array(1 + below(64))
  for (let i = 0; i < bytes.length; i++) bytes[i] = below(8) === 0 ? RESERVED[below(RESERVED.length)]! : below(256)
  bytes[0] = START_FROM_METER
  bytes[bytes.length - 1] = STOP
  return bytes
}

function contains(bytes: Uint8Array, part: Uint8Array): boolean {
  return Buffer.from(bytes).includes(Buffer.from(part))
}
