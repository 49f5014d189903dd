import { deepEqual, equal } from 'node:assert/strict'
import { Opener } from '../../bridge/opener.js'
import { fromHex } from '../../modules/codec/hex.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../../twin/crypto.js'

describe('a bridge whose computer’s clock is wrong', () => {
  const envelope = new Envelope(nodeCrypto, fromHex('ef500c9268cf749016d26d6cbfaaf7bf')!)
  const time = 1_795_787_396
  const topic = `/sample/v2/1234567/${time}`
  const openedAt = (now: number) => {
    const opener = new Opener(
      () => envelope,
      () => {},
    )
    const arrival = opener.open(topic, envelope.seal(topic, 'e1=1.0 kWh&'), now)
    return { arrival, impossible: opener.counts.get('impossible_time') }
  }

  it('does not know what is ahead before 2026, as one without a battery after a power cut: nothing is lost', () => {
    deepEqual(openedAt(86_400_000).arrival?.time, time)
    equal(openedAt(86_400_000).impossible, 0)
  })

  it('takes a sample that is a day ahead, and counts one that is further', () => {
    equal(openedAt((time - 86_400) * 1000).arrival?.time, time)
    equal(openedAt((time - 86_401) * 1000).arrival, undefined)
    equal(openedAt((time - 86_401) * 1000).impossible, 1)
  })
})
