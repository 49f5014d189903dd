import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../modules/codec/hex.js'
import { fieldsOf } from '../modules/radio/all-fields.js'
import { driverOf, KNOWN_HEADERS } from '../modules/radio/detect.js'
import { fieldOf } from '../modules/radio/reading.js'
import { decodeTelegram } from '../modules/wmbus/decode.js'
import { diagnose } from '../modules/wmbus/diagnose.js'
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
  diagnosed(bytes)
  const onAir = heard(bytes)
  // Bits 31..29 of the session number say how.
  if (onAir.result === 'ok') equal((onAir.sessionNumber ?? 0) >>> 29, 1, 'not encrypted')
  const sealed = seal(bytes.length > 0 ? bytes.subarray(0, 200) : Uint8Array.of(0))
  const telegram = heard(sealed)
  ok(!['dll-crc', 'payload-crc', 'length-mismatch'].includes(telegram.result), telegram.result)
  if (telegram.result === 'ok') equal(diagnosed(sealed).result, 'ok')
  sealed[HEAD.length + 1]! ^= 1
  ok(heard(sealed).result !== 'ok')

  const once = Signatures.fromBytes(bytes).toBytes()
  deepEqual(Signatures.fromBytes(once).toBytes(), once)
}

function heard(bytes: Uint8Array): Telegram {
  return checked(bytes, (signatures) => decodeTelegram(bytes, { key: KEY, crypto: nodeCrypto, signatures }))
}

function diagnosed(bytes: Uint8Array): Telegram {
  return checked(bytes, (signatures) => {
    const telegram = diagnose(bytes, { key: KEY, crypto: nodeCrypto, signatures })
    if (telegram.result !== 'ok') equal(telegram.records.length, 0)
    void [telegram.partial, telegram.manufacturer, telegram.version, telegram.type, telegram.accessNumber]
    return telegram
  })
}

function checked(bytes: Uint8Array, decode: (signatures: Signatures) => Telegram): Telegram {
  const before = bytes.slice()
  const signatures = Signatures.fromBytes(bytes, KNOWN_HEADERS)
  const telegram = decode(signatures)
  deepEqual(bytes, before)
  ok(signatures.toBytes().length <= MAX_SIGNATURES)
  checkFields(telegram)
  return telegram
}

/** Expects no field of a telegram that fails a check, and only numbers that a sample can hold. */
export function checkFields(telegram: Telegram): void {
  const fields = fieldsOf(telegram)
  if (telegram.result !== 'ok') equal(Object.keys(fields).length, 0)
  for (const [name, value] of Object.entries(fields)) {
    ok(typeof value === 'string' || Number.isSafeInteger(value.mantissa), name)
    ok(typeof value === 'string' || Math.abs(value.exponent) < 32, name)
    deepEqual(fieldOf(driverOf(telegram)!, telegram, name), value)
  }
  void telegram.id
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
