import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { Hmac } from '../../modules/mqttcrypto/hmac.js'
import { stubCrypto } from '../support/crypto.js'

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i)
const TOPIC = '/ping/v2/9999999/1700000000'
const envelope = new Envelope(stubCrypto, KEY)

function errorOf(topic: string, message: Uint8Array): string {
  const opened = envelope.open(topic, message)
  return opened.ok ? `opened: ${opened.value}` : opened.error
}

/** What somebody with the key sends whose cleartext is these bytes, padding and all. */
function sealedBytes(clear: string): Uint8Array {
  const derived = stubCrypto.sha256(KEY)
  const iv = stubCrypto.random(16)
  const cipher = stubCrypto.aesCbcEncrypt(derived.subarray(0, 16), iv, fromHex(clear)!)
  const tag = new Hmac(stubCrypto, derived.subarray(16)).sign(encodeUtf8(TOPIC), Uint8Array.of(...iv, ...cipher))
  return Uint8Array.of(...tag, ...iv, ...cipher)
}

describe('an envelope', () => {
  it('opens what it sealed, whatever the length', () => {
    for (let length = 0; length < 50; length++) {
      const text = 'x'.repeat(length)
      const message = envelope.seal(TOPIC, text)
      equal(message.length, 48 + 16 * Math.ceil((length + 2) / 16))
      deepEqual(envelope.open(TOPIC, message), { ok: true, value: text })
    }
  })

  it('keeps Danish letters', () => {
    deepEqual(envelope.open(TOPIC, envelope.seal(TOPIC, 'ssid=Rødgrød')), { ok: true, value: 'ssid=Rødgrød' })
  })

  it('refuses another topic and every flipped bit', () => {
    const message = envelope.seal(TOPIC, 'open')
    ok(errorOf('/pong/v2/9999999/1700000000', message).startsWith('hmac:'))
    for (let bit = 0; bit < 8 * message.length; bit++) {
      const forged = message.slice()
      forged[bit >> 3]! ^= 1 << (bit & 7)
      ok(errorOf(TOPIC, forged).startsWith('hmac:'), `bit ${bit}`)
    }
  })

  it('looks at every byte of the tag, wherever the first wrong one is, and deciphers nothing then', () => {
    let deciphered = 0
    const crypto = {
      ...stubCrypto,
      aesCbcDecrypt(...blocks: Parameters<typeof stubCrypto.aesCbcDecrypt>) {
        deciphered++
        return stubCrypto.aesCbcDecrypt(...blocks)
      },
    }
    const message = envelope.seal(TOPIC, 'open')
    for (const wrong of [0, 15, 31]) {
      const forged = message.slice()
      forged[wrong]! ^= 1
      ok(!new Envelope(crypto, KEY).open(TOPIC, forged).ok)
      const seen: string[] = []
      const tag = new Proxy(forged.subarray(0, 32), {
        get(bytes, name) {
          if (name !== 'length') seen.push(String(name))
          return Reflect.get(bytes, name, bytes)
        },
      })
      const hmac = new Hmac(stubCrypto, stubCrypto.sha256(KEY).subarray(16))
      equal(hmac.verify(tag, encodeUtf8(TOPIC), message.subarray(32)), false)
      equal(seen.join(), Array.from({ length: 32 }, (_, i) => i).join(), `byte ${wrong}`)
    }
    equal(deciphered, 0)
  })

  it('asks for a new IV each time', () => {
    let asked = 0
    const random = (length: number) => new Uint8Array(length).fill(++asked)
    const counting = new Envelope({ ...stubCrypto, random }, KEY)
    for (const iv of [1, 2, 3]) {
      const message = counting.seal(TOPIC, 'the same')
      deepEqual(message.subarray(32, 48), new Uint8Array(16).fill(iv))
      deepEqual(counting.open(TOPIC, message), { ok: true, value: 'the same' })
    }
  })

  it('refuses lengths that cannot be', () => {
    const message = envelope.seal(TOPIC, 'open')
    equal(errorOf(TOPIC, message.subarray(0, 48)), 'length: expected at least 64 bytes, got 48')
    equal(errorOf(TOPIC, message.subarray(0, 63)), 'length: expected at least 64 bytes, got 63')
    equal(errorOf(TOPIC, new Uint8Array(65)), 'length: expected a multiple of 16, got 65')
    equal(errorOf(TOPIC, new Uint8Array(512)), 'length: expected at most 511 bytes, got 512')
    equal(errorOf(TOPIC, new Uint8Array(0)), 'length: expected at least 64 bytes, got 0')
    equal(errorOf('', message), 'length: expected a topic of 1 to 127 characters, got 0')
    equal(errorOf('x'.repeat(128), message), 'length: expected a topic of 1 to 127 characters, got 128')
  })

  it('takes 496 bytes, the longest command, and no more', () => {
    const longest = envelope.seal(TOPIC, 'x'.repeat(446))
    equal(longest.length, 496)
    ok(envelope.open(TOPIC, longest).ok)
    ok(!envelope.open(TOPIC, envelope.seal(TOPIC, 'x'.repeat(447))).ok)
  })

  it('opens a text that has no NUL, and ends one at its first', () => {
    deepEqual(envelope.open(TOPIC, sealedBytes('6f70656e0c0c0c0c0c0c0c0c0c0c0c0c')), { ok: true, value: 'open' })
    deepEqual(envelope.open(TOPIC, sealedBytes('6f70656e006f70650808080808080808')), { ok: true, value: 'open' })
  })

  it('refuses padding that cannot be, though the tag is right', () => {
    for (const clear of [
      '6f70656e000000000000000000000000',
      '6f70656e001111111111111111111111',
      '11111111111111111111111111111111',
      '6f70656e00ff0b0b0b0b0b0b0b0b0b0b',
      '6f70656e000b0b0b0b0b0b0b0b0b0a0b',
      '10101010101010101010101010101010',
      '00000000000000000000000000000000',
      '6f70656e6f70656e6f70656e6f7065'.padEnd(64, '11'),
    ])
      equal(errorOf(TOPIC, sealedBytes(clear)), 'padding: expected PKCS#7 padding after at least one byte', clear)
    deepEqual(envelope.open(TOPIC, sealedBytes('6f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f')), { ok: true, value: 'o' })
    deepEqual(envelope.open(TOPIC, sealedBytes('6f70656e6f70656e6f70656e6f706501')), {
      ok: true,
      value: 'openopenopenope',
    })
  })

  it('takes topics of 1 to 127 characters, and a message as long as the caller allows', () => {
    for (const topic of ['x', 'x'.repeat(127)]) ok(envelope.open(topic, envelope.seal(topic, 'open')).ok)
    ok(envelope.open(TOPIC, envelope.seal(TOPIC, 'x'.repeat(900)), 960).ok)
    ok(!envelope.open(TOPIC, envelope.seal(TOPIC, 'x'.repeat(900)), 959).ok)
  })
})
