import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../modules/codec/hex.js'
import { type DecodeOptions, decodeTelegram } from '../modules/wmbus/decode.js'
import { decryptSession } from '../modules/wmbus/encryption.js'
import { Signatures } from '../modules/wmbus/signatures.js'
import type { Telegram } from '../modules/wmbus/telegram.js'
import { nodeCrypto } from '../twin/crypto.js'
import { crcEn13757 } from './support/checksums.js'

export const KEY = fromHex('44e9112d06bd762ec2bfece57e487c9b')!
/** Header of the link layer of meter 74493770 and an extended link layer whose payload is encrypted. */
const HEAD = fromHex('00442d2c703749741f168d20b9c2230221')!
const MAX_SIGNATURES = 8 * 258

/**
 * Only a telegram that passes every check has values. The decoder reads an encrypted frame with all its checksums, whatever
 * it holds.
 */
export default function wmbus(bytes: Uint8Array): void {
  for (const format of ['any', 'B'] as const) {
    decode(bytes, { format })
    const onAir = decode(bytes, { format, onlyEncrypted: true })
    // Bits 31..29 of the session number name the encryption.
    if (onAir.result === 'ok') equal((onAir.sessionNumber ?? 0) >>> 29, 1, 'not encrypted')
  }
  const sealed = seal(bytes.length > 0 ? bytes.subarray(0, 200) : Uint8Array.of(0))
  const telegram = decode(sealed, { format: 'B', onlyEncrypted: true })
  ok(!['dll-crc', 'payload-crc', 'length-mismatch'].includes(telegram.result), telegram.result)
  sealed[HEAD.length + 1]! ^= 1
  ok(decode(sealed, { format: 'B', onlyEncrypted: true }).result !== 'ok')

  const once = Signatures.fromBytes(bytes).toBytes()
  deepEqual(Signatures.fromBytes(once).toBytes(), once)
}

/** Decodes the bytes and checks the telegram. Without `signatures` in the options it knows those that the bytes hold. */
export function decode(bytes: Uint8Array, options: Partial<DecodeOptions>): Telegram {
  const before = bytes.slice()
  const { signatures = Signatures.fromBytes(bytes), crypto = nodeCrypto } = options
  const telegram = decodeTelegram(bytes, { ...options, key: KEY, crypto, signatures })
  deepEqual(bytes, before)
  ok(signatures.toBytes().length <= MAX_SIGNATURES)
  const fields = telegram.fields()
  if (telegram.result !== 'ok') {
    equal(telegram.records.length, 0)
    equal(Object.keys(fields).length, 0)
  }
  for (const [name, value] of Object.entries(fields)) {
    ok(typeof value === 'string' || Number.isSafeInteger(value.mantissa), name)
    ok(typeof value === 'string' || Math.abs(value.exponent) < 32, name)
    deepEqual(telegram.field(name), value)
  }
  void [telegram.partial, telegram.statusBits, telegram.manufacturer, telegram.id, telegram.accessNumber]
  return telegram
}

/** Makes the input the payload of an encrypted frame of format B with all its checksums. */
function seal(payload: Uint8Array): Uint8Array {
  const clear = new Uint8Array(HEAD.length + 2 + payload.length)
  clear.set(HEAD)
  clear.set(payload, HEAD.length + 2)
  new DataView(clear.buffer).setUint16(HEAD.length, crcEn13757(payload), true)
  clear[0] = clear.length + (clear.length > 126 ? 4 : 2) - 1
  decryptSession(clear, KEY, nodeCrypto)
  const blocks = clear.length > 126 ? [clear.subarray(0, 126), clear.subarray(126)] : [clear]
  return new Uint8Array(
    Buffer.concat(blocks.flatMap((block) => [block, Uint8Array.of(crcEn13757(block) >> 8, crcEn13757(block))])),
  )
}
