// node only: the vectors are of real AES and SHA-256
import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { Hmac } from '../../modules/mqttcrypto/hmac.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { vectors } from '../support/vectors.js'

const envelopeOf = (key: string) => new Envelope(nodeCrypto, fromHex(key)!)

describe('HMAC-SHA256', () => {
  it('gives the tag of RFC 4231, test case 2, of the parts together', () => {
    const hmac = new Hmac(nodeCrypto, fromHex('4a656665')!)
    const message = fromHex('7768617420646f2079612077616e7420666f72206e6f7468696e673f')!
    equal(
      toHex(hmac.sign(message.subarray(0, 5), message.subarray(5))),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })
})

describe('sealing', () => {
  it('gives the bytes that SHA-256, AES-128-CBC and HMAC-SHA256 of OpenSSL give', () => {
    const envelope = envelopeOf('000102030405060708090a0b0c0d0e0f')
    const topic = '/config/v2/9999999/1700000000/ping'
    const message =
      '246b561965540a66ec37a2ddb13e1123ef866c3d11ca6870662be13ab650f80a' +
      'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff' +
      '2779d6351e459773df1dbc9501020a3b'
    equal(toHex(envelope.seal(topic, 'hello', fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'))), message)
    deepEqual(envelope.open(topic, fromHex(message)!), { ok: true, value: 'hello' })
  })
})

describe('the sealing vectors', () => {
  const entries = vectors('mqttcrypto')
  if (entries === undefined) {
    it.skip('the folder with the vectors is not here')
    return
  }
  for (const entry of entries) {
    it(entry.name, () => {
      const envelope = envelopeOf(entry.key_hex)
      if (entry.plaintext_hex === `${toHex(new TextEncoder().encode(entry.cleartext))}00`)
        equal(toHex(envelope.seal(entry.topic, entry.cleartext, fromHex(entry.iv_hex)!)), entry.message_hex)
      const opened = envelope.open(entry.topic, fromHex(entry.message_hex)!)
      if (entry.device_accepts) deepEqual(opened, { ok: true, value: entry.cleartext })
      else ok(!opened.ok)
    })
  }
})

describe('the sealing vectors that must be refused', () => {
  const entries = vectors('mqttcrypto-negative')
  if (entries === undefined) {
    it.skip('the folder with the vectors is not here')
    return
  }
  for (const entry of entries) {
    it(entry.name, () => {
      const opened = envelopeOf(entry.key_hex).open(entry.topic, fromHex(entry.message_hex)!)
      ok(!opened.ok, entry.note)
    })
  }
})
