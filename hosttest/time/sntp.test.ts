import { equal } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { parseSntp } from '../../modules/time/sntp.js'

/** An answer whose last field, when it was sent, is this; 2027-01-15T08:00:00Z without. */
function answer(sent = 'eef4508000000000', head = '24020000'): Uint8Array {
  return fromHex(`${head}${'00'.repeat(36)}${sent}`)!
}

describe('the answer of a time server', () => {
  const times = {
    '2026-01-01T00:00:00.000Z': 'ed00378000000000',
    '2027-01-15T08:00:00.250Z': 'eef4508040000000',
    '2036-02-07T06:28:15.500Z': 'ffffffff80000000',
    '2036-02-07T06:28:16.500Z': '0000000080000000',
    '2038-01-19T03:14:07.000Z': '03aa7e7f00000000',
    '2038-01-19T03:14:08.000Z': '03aa7e8000000000',
    '2106-02-07T06:28:15.000Z': '83aa7e7f00000000',
    '2106-02-07T06:28:16.000Z': '83aa7e8000000000',
    '2150-07-01T12:00:00.000Z': 'd72bfec000000000',
    '2162-02-07T06:28:15.000Z': 'ed00377f00000000',
  }
  for (const [time, sent] of Object.entries(times))
    it(`says ${time}`, () => {
      equal(new Date(parseSntp(answer(sent))!).toISOString(), time)
    })

  it('may be longer, and may announce a leap second', () => {
    const longer = new Uint8Array(68)
    longer.set(answer())
    equal(parseSntp(longer), parseSntp(answer()))
    for (const head of ['24010000', '640f0000', 'a4020000', '1c020000'])
      equal(parseSntp(answer(undefined, head)), parseSntp(answer()), head)
  })

  it('is none when the server does not know the time, or it is no answer at all', () => {
    for (const head of ['e4020000', '24000000', '24100000', '24ff0000', '23020000', '25020000'])
      equal(parseSntp(answer(undefined, head)), undefined, head)
    equal(parseSntp(answer('0000000000000000')), undefined)
    for (let length = 0; length < 48; length++) equal(parseSntp(answer().subarray(0, length)), undefined)
  })

  it('is read where it stands in a larger buffer', () => {
    const buffer = new Uint8Array(60)
    buffer.set(answer(), 7)
    equal(parseSntp(buffer.subarray(7, 55)), parseSntp(answer()))
  })
})
