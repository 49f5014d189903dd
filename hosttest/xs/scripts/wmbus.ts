import { fromHex } from '../../../modules/codec/hex.js'
import type { CryptoPort } from '../../../modules/ports/crypto.js'
import { driverOf, KNOWN_HEADERS } from '../../../modules/radio/detect.js'
import { fieldOf } from '../../../modules/radio/reading.js'
import { meterIdOf } from '../../../modules/wmbus/data-link.js'
import { decodeTelegram } from '../../../modules/wmbus/decode.js'
import { Signatures } from '../../../modules/wmbus/signatures.js'
import type { Telegram } from '../../../modules/wmbus/telegram.js'
import { valueText } from '../../../modules/wmbus/value.js'
import { measure } from './figures.js'
import { nativeCrypto } from './native-crypto.js'

const FULL = fromHex(
  '30442d2c703749741f168d20bd50db0121cc72d62ff07cec0d4abcd547f8d20e0dfcc5573adc9795582eb23c612d4de52a',
)!
const COMPACT = fromHex('25442d2c703749741f168d20b9c22302213a4de6faff5b137e9eb42fd8d7129b64074ca798a4')!
const FOREIGN = fromHex('25442d2c713749741f168d20b9c22302213a4de6faff5b137e9eb42fd8d7129b64074ca798a4')!
/** What AES gives for the counters of these two telegrams, block after block. */
const STREAMS = [
  fromHex('6b95ae2d0f5cad0d4eaf0665f8d24a1e')!,
  fromHex('a9e4573a7d96ce27afb3db9e22567484')!,
  fromHex('648b9f119ede1c3f9e670dd8d747ba64')!,
  fromHex('076dbb1c2cc961170307efede10fd573')!,
]

let next = 0
const crypto: CryptoPort = { ...nativeCrypto, aesCbcEncrypt: () => STREAMS[next++ % STREAMS.length]!.slice() }
const options = {
  key: new Uint8Array(16),
  crypto,
  signatures: new Signatures(KNOWN_HEADERS),
}

function decode(bytes: Uint8Array): Telegram {
  const telegram = decodeTelegram(bytes, options)
  if (telegram.result !== 'ok') throw new Error('not decoded')
  return telegram
}

async function run(): Promise<void> {
  // The first use of a signature turns its header from text into bytes.
  decode(FULL)
  decode(COMPACT)
  await measure('wM-Bus full frame', () => {
    decode(FULL)
  })
  let telegram: Telegram | undefined
  await measure('wM-Bus compact frame', () => {
    telegram = decode(COMPACT)
  })
  await measure('its total as text', () => {
    if (valueText(fieldOf(driverOf(telegram!)!, telegram!, 'total_m3')!) !== '8.915') throw new Error('no total')
  })
  await measure("another meter's frame", () => {
    if (meterIdOf(FOREIGN) === 0x74493770) throw new Error('not ours')
  })
}

void run()
