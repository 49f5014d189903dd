import { deepEqual, equal, ok } from 'node:assert/strict'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { stubCrypto } from '../support/crypto.js'

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i)
const TOPIC = '/ping/v2/9999999/1700000000'
const envelope = new Envelope(stubCrypto, KEY)

function errorOf(topic: string, message: Uint8Array): string {
  const opened = envelope.open(topic, message)
  return opened.ok ? `opened: ${opened.value}` : opened.error
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
})
