import { equal } from 'node:assert/strict'
import { toHex } from '../../modules/codec/hex.js'
import { verdictOf } from '../../modules/radio/key-verdict.js'
import { decodeTelegram } from '../../modules/wmbus/decode.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { clearFrame, formatB, frame, sum, WATER, ZEROS } from '../wmbus/frames.js'
import { decoded } from './golden.js'

/** Where a session number would say how the payload is encrypted, there are bits of the value. */
const RECORDS = '0413d32200e0'
const LONG = '785634122d2c1b16'
const POWER = '2d2c785634123002'

/** What a device says of a meter that sends this from the CI on. */
function verdict(payload: string): string | undefined {
  return verdictOf(decodeTelegram(formatB(frame(WATER, payload)), { ...ZEROS, signatures: new Signatures() }))
}

/** With a session number that says how this is encrypted. */
function session(encryption: string, payload: string): string {
  return `8d2001100000${encryption}${sum(payload)}${payload}`
}

describe('a meter that does not encrypt as it should', () => {
  it('is told from one that does not encrypt at all, in whatever layer each says so', () => {
    for (const link of ['', '8c2001']) {
      for (const ci of ['78', '7a01000000', `72${LONG}01000000`])
        equal(verdict(link + ci + RECORDS), 'not encrypted', link + ci)
      for (const ci of ['7a01001005', `72${LONG}01001005`, 'a001000000'])
        equal(verdict(link + ci + RECORDS), 'other mode', ci)
    }
    equal(verdict(session('00', `78${RECORDS}`)), 'not encrypted')
    equal(verdict(session('00', `7a01001005${RECORDS}`)), 'other mode')
    equal(verdict(session('40', `78${RECORDS}`)), 'other mode')
  })
})

describe('the status byte of the transport layer', () => {
  it('is read behind every link layer, and is none without a transport header', () => {
    const told = (payload: string) => decoded(toHex(formatB(frame(POWER, payload)))).info
    const records = '040404000000'
    for (const ci of ['7a01', `72${LONG}01`]) {
      for (const link of ['', '8c2001'])
        equal(told(`${link}${ci}040000${records}`), 'key=right&status=POWER_LOW&', link + ci)
      const encrypted = decoded(toHex(formatB(clearFrame(POWER, `${ci}040000${records}`))))
      equal(encrypted.info, 'key=right&status=POWER_LOW&', ci)
    }
    for (const link of ['', '8c2001']) equal(told(`${link}78${records}`), 'key=right&')
  })
})
