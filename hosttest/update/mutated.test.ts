// node only
import { equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import type { WriteBudget } from '../../modules/storage/write-budget.js'
import { HEAD, openHead } from '../../modules/update/manifest.js'
import { seededRandom } from '../../twin/random.js'
import { nodeVerifier } from '../../twin/verifier.js'
import { parts } from '../support/parts.js'
import { UPDATE_KEY } from '../support/update.js'
import { newFile, UpdateUnit } from '../support/update-unit.js'

const PARTS = 40
/** In each part, of heads and of images. */
const MUTATIONS = 12_500

/** What an attacker has: whatever the owner has signed. */
const FILES = [
  newFile({ size: 1_024 }),
  newFile({ size: 1_024, version: '0.3.0', seed: 2 }),
  newFile({ size: 2_000 }, { variant: 'daughterboard' }),
]

type Random = (limit: number) => number

/** Ways to make other bytes of some that were signed. */
const CHANGES: readonly ((bytes: Uint8Array, below: Random) => Uint8Array)[] = [
  (bytes, below) => {
    for (let i = 0; i <= below(4); i++) bytes[below(bytes.length)]! ^= 1 << below(8)
    return bytes
  },
  (bytes, below) => {
    bytes[below(bytes.length)] = below(256)
    return bytes
  },
  // Digits and letters, so that the form is kept.
  (bytes, below) => {
    const at = below(bytes.length)
    const byte = bytes[at]!
    if (byte >= 0x30 && byte <= 0x39) bytes[at] = 0x30 + below(10)
    else if (byte >= 0x61 && byte <= 0x66) bytes[at] = 0x61 + below(6)
    return bytes
  },
  // A part of another one.
  (bytes, below) => {
    const other = FILES[below(FILES.length)]!
    const from = below(bytes.length)
    const length = below(Math.min(bytes.length, other.length) - from)
    bytes.set(other.subarray(from, from + Math.max(0, length)), from)
    return bytes
  },
  // Shifted.
  (bytes, below) => {
    const at = below(bytes.length)
    bytes.copyWithin(at, at + 1 + below(40))
    return bytes
  },
  (bytes, below) => {
    const at = below(bytes.length)
    bytes.copyWithin(at + 1 + below(40), at)
    return bytes
  },
  (bytes, below) => bytes.fill(below(2) === 0 ? 0xff : 0, below(bytes.length), bytes.length - below(bytes.length)),
]

function mutated(bytes: Uint8Array, below: Random): Uint8Array {
  let changed: Uint8Array = bytes.slice()
  for (let i = 0; i <= below(3); i++) changed = CHANGES[below(CHANGES.length)]!(changed, below)
  return changed
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

for (const { part, name } of parts(PARTS))
  describe(`${MUTATIONS} mutated heads and as many mutated images, ${name},`, () => {
    it('heads: none is accepted but what was signed', () => {
      const random = seededRandom(part + 1)
      const below = (limit: number) => Math.floor(random() * limit)
      const key = fromHex(UPDATE_KEY)!
      const heads = FILES.map((file) => file.slice(0, HEAD))
      let [accepted, unchanged, formed] = [0, 0, 0]
      for (let i = 0; i < MUTATIONS; i++) {
        const head = mutated(heads[i % heads.length]!, below)
        const opened = openHead(head, key, nodeVerifier)
        if (heads.some((one) => isSame(one, head))) unchanged++
        else if (opened.ok) accepted++
        else if (opened.error === 'bad signature') formed++
      }
      equal(accepted, 0)
      ok(formed > MUTATIONS / 50, `${formed} had the form of a head`)
      ok(unchanged < MUTATIONS / 4)
      console.log(`      ${formed} of ${MUTATIONS} had the form of a head`)
    })

    it('images: none is started but what was signed', () => {
      const random = seededRandom(part + 1_001)
      const below = (limit: number) => Math.floor(random() * limit)
      const endless = { isSpent: false, spend() {} } as unknown as WriteBudget
      const unit = new UpdateUnit({ budget: endless })
      const genuine = [FILES[0]!, FILES[1]!]
      const { steps } = unit.simulated.record
      let checked = 0
      for (let i = 0; i < MUTATIONS; i++) {
        const signed = genuine[i % 2]!
        const file = signed.slice()
        file.set(mutated(file.slice(HEAD), below), HEAD)
        if (isSame(file, signed)) continue
        const before = unit.told.length
        unit.upload(file)
        checked++
        ok(unit.told.at(-1)!.includes('reason=wrong hash'), `${i}: ${unit.told.slice(before).join(' ')}`)
        unit.told.length = 0
      }
      equal(unit.simulated.record.steps, steps, 'the boot record is as it was')
      ok(checked > MUTATIONS / 2)
      unit.upload(genuine[0]!)
      ok(unit.told.at(-1)!.includes('restarting'), 'what was signed is started')
      ok(unit.simulated.record.steps > steps)
      console.log(`      ${checked} images were other ones`)
    })
  })
