import { createCipheriv } from 'node:crypto'
import { crc16En13757 } from '../modules/codec/crc16-en13757.js'
import { fromHex } from '../modules/codec/hex.js'
import { driverOf, KNOWN_HEADERS } from '../modules/radio/detect.js'
import { totalOf } from '../modules/radio/reading.js'
import { meterIdOf } from '../modules/wmbus/data-link.js'
import { decodeTelegram } from '../modules/wmbus/decode.js'
import { Signatures } from '../modules/wmbus/signatures.js'
import { nodeCrypto } from '../twin/crypto.js'
import { KEY as KEY_TEXT, waterTelegrams } from './support/water-telegrams.js'
import { printTable } from './table.js'

const KEY = fromHex(KEY_TEXT)!
/** Telegrams that are decoded in turn: to decode one again and again finds its key stream at hand. */
const COUNT = 512
const frames = [...take(COUNT)]
const FULL = frames.filter(({ length }) => length > 40)
const COMPACT = frames.filter(({ length }) => length <= 40)
const FOREIGN = COMPACT[0]!.slice()
FOREIGN[4]! ^= 1

const PAYLOAD_AT = 17
const ROUNDS = 5
const MS = 400

const options = {
  key: KEY,
  crypto: nodeCrypto,
  signatures: new Signatures(KNOWN_HEADERS),
}

function decode(bytes: Uint8Array): void {
  const telegram = decodeTelegram(bytes, options)
  const driver = driverOf(telegram)
  if (driver === undefined || totalOf(driver, telegram) === undefined) throw new Error('not decoded')
}

/** Does what every decoder of such a telegram has to do: check the frame, decrypt with AES-128-CTR, check the payload. */
function floor(bytes: Uint8Array, decrypt: (counter: Uint8Array, data: Uint8Array) => Uint8Array): void {
  const end = bytes.length - 2
  if (crc16En13757(bytes, 0, end) !== ((bytes[end]! << 8) | bytes[end + 1]!)) throw new Error('damaged')
  const counter = new Uint8Array(16)
  counter.set(bytes.subarray(2, 10))
  counter[8] = bytes[11]!
  counter.set(bytes.subarray(13, 17), 9)
  const plain = decrypt(counter, bytes.subarray(PAYLOAD_AT, end))
  if (crc16En13757(plain, 2, plain.length) !== (plain[0]! | (plain[1]! << 8))) throw new Error('not decrypted')
}

function freshCipher(counter: Uint8Array, data: Uint8Array): Uint8Array {
  return createCipheriv('aes-128-ctr', KEY, counter).update(data)
}

const kept = createCipheriv('aes-128-ecb', KEY, null).setAutoPadding(false)

/** The fastest way of Node that decrypts one telegram: a cipher that is made once gives all blocks of the stream at once. */
function keptCipher(counter: Uint8Array, data: Uint8Array): Uint8Array {
  const counters = new Uint8Array(16 * Math.ceil(data.length / 16))
  for (let i = 0; i < counters.length; i++) counters[i] = counter[i & 15]! + ((i & 15) === 15 ? i >> 4 : 0)
  const stream = kept.update(counters)
  for (let i = 0; i < data.length; i++) stream[i]! ^= data[i]!
  return stream.subarray(0, data.length)
}

function* take(count: number): Generator<Uint8Array> {
  for (const { frame } of waterTelegrams()) {
    if (count-- === 0) return
    yield frame
  }
}

/** Calls with one frame after the other. */
function inTurn(some: readonly Uint8Array[], call: (frame: Uint8Array) => void): () => void {
  let next = 0
  return () => call(some[next++ % some.length]!)
}

/** Calls a second of the fastest round. */
function rate(call: () => void): number {
  let best = 0
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    let calls = 0
    while (performance.now() - start < MS) {
      for (let i = 0; i < 100; i++) call()
      calls += 100
    }
    best = Math.max(best, (1000 * calls) / (performance.now() - start))
  }
  return best
}

function bytesAllocated(call: () => void): number {
  const calls = 100_000
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < calls; i++) call()
  return Math.max(0, (process.memoryUsage().heapUsed - before) / calls)
}

const telegrams = [
  ['full, 49 bytes', FULL],
  ['compact, 38 bytes', COMPACT],
] as const
printTable(
  'Telegrams of a flowIQ 2101 a second on Node: frame in, total out; the floor is checksums and AES alone',
  ['', 'a second', 'floor', 'of the floor', 'floor with one cipher for all', 'of that floor'],
  telegrams.map(([name, some]) => {
    const ours = rate(inTurn(some, decode))
    const least = rate(inTurn(some, (frame) => floor(frame, freshCipher)))
    const fastest = rate(inTurn(some, (frame) => floor(frame, keptCipher)))
    const ratio = (of: number) => (ours / of).toFixed(2)
    return [name, ours.toFixed(0), least.toFixed(0), ratio(least), fastest.toFixed(0), ratio(fastest)]
  }),
)

const reject = () => {
  if (meterIdOf(FOREIGN) === 0x74493770) throw new Error('not ours')
}
const rejected = rate(reject)
printTable(
  "Another meter's frame, turned away by its number before anything else",
  ['', 'ns', 'bytes allocated'],
  [['foreign frame', (1e9 / rejected).toFixed(0), bytesAllocated(reject).toFixed(1)]],
)
