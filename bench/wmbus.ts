import { createCipheriv } from 'node:crypto'
import { crc16En13757 } from '../modules/codec/crc16-en13757.js'
import { fromHex } from '../modules/codec/hex.js'
import { driverOf, KNOWN_HEADERS } from '../modules/radio/detect.js'
import { totalOf } from '../modules/radio/reading.js'
import { meterIdOf } from '../modules/wmbus/data-link.js'
import { decodeTelegram } from '../modules/wmbus/decode.js'
import { Signatures } from '../modules/wmbus/signatures.js'
import { nodeCrypto } from '../twin/crypto.js'
import { printTable } from './table.js'

/** The key and two telegrams of flowIQ 2101 number 74493770. */
const KEY = fromHex('44e9112d06bd762ec2bfece57e487c9b')!
const FULL = fromHex(
  '30442d2c703749741f168d20bd50db0121cc72d62ff07cec0d4abcd547f8d20e0dfcc5573adc9795582eb23c612d4de52a',
)!
const COMPACT = fromHex('25442d2c703749741f168d20b9c22302213a4de6faff5b137e9eb42fd8d7129b64074ca798a4')!
const FOREIGN = COMPACT.slice()
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
function floor(bytes: Uint8Array): void {
  const end = bytes.length - 2
  if (crc16En13757(bytes, 0, end) !== ((bytes[end]! << 8) | bytes[end + 1]!)) throw new Error('damaged')
  const counter = new Uint8Array(16)
  counter.set(bytes.subarray(2, 10))
  counter[8] = bytes[11]!
  counter.set(bytes.subarray(13, 17), 9)
  const plain = createCipheriv('aes-128-ctr', KEY, counter).update(bytes.subarray(PAYLOAD_AT, end))
  if (crc16En13757(plain, 2, plain.length) !== (plain[0]! | (plain[1]! << 8))) throw new Error('not decrypted')
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
  ['', 'a second', 'floor', 'of the floor'],
  telegrams.map(([name, bytes]) => {
    const ours = rate(() => decode(bytes))
    const least = rate(() => floor(bytes))
    return [name, ours.toFixed(0), least.toFixed(0), (ours / least).toFixed(2)]
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
