import { deepEqual, equal } from 'node:assert/strict'
import { rtlwmbusLine, telegramsIn } from '../../decoders/telegram-line.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { KNOWN_HEADERS } from '../../modules/radio/detect.js'
import { isFormatB } from '../../modules/wmbus/data-link.js'
import { diagnose } from '../../modules/wmbus/diagnose.js'
import { decryptSession } from '../../modules/wmbus/encryption.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { clearFrame, formatA, frame, WATER } from '../wmbus/frames.js'

const KEY = fromHex('44e9112d06bd762ec2bfece57e487c9b')!
/** A compact telegram of the FlowIQ 2101 as it was sent, and as receivers write it that cut its checksum off. */
const SENT = '25442d2c703749741f168d20b9c22302213a4de6faff5b137e9eb42fd8d7129b64074ca798a4'
const BARE = `23${SENT.slice(2, -4)}`
const UPPER = SENT.toUpperCase()

/** Lines of the telegram in every dress, and what they say of its reception. */
const DRESSES: readonly (readonly [line: string, rssi?: number, time?: string])[] = [
  [SENT],
  [`  ${UPPER}\r`],
  [`0x${SENT}`],
  [BARE],
  [UPPER.replace(/../g, '$& ')],
  [`C1;1;1;2019-02-09 07:14:18.000;117;102;74493770;0x${BARE}`, 117, '2019-02-09 07:14:18.000'],
  [`t2a;C1;1;1;2019-02-09 07:14:18.000;117;102;74493770;0x${BARE}`, 117, '2019-02-09 07:14:18.000'],
  [
    `{"time":"2024-01-01 10:00:00","model":"Wireless-MBus","mode":"C","M":"KAM","id":74493770,"data":"${SENT.slice(0, -4)}0000","mic":"CRC"}`,
    undefined,
    '2024-01-01 10:00:00',
  ],
  [`2020-08-10 20:40:47,,,Wireless-MBus,,74493770,,,,CRC,,,,,${SENT.slice(0, -4)}0000,,,,,22,,,C,27,Cold Water`],
  [`Data      : ${SENT.slice(0, -4)}0000`],
  [`bY${UPPER}`],
  [`bY${UPPER}8A35`, -47.5],
  [`bY${UPPER}8AE5`, -87.5],
  [`a5820323${BARE.slice(2)}${'ffff'}`],
  [`A5C20323${BARE.slice(2)}9BFFFF`, -45],
  [`(im871a) checkIM871AFrame A5620323${BARE.slice(2)}010203049B`, -45],
  [`telegram=|${BARE.toUpperCase()}|+321`],
  [`telegram=|${BARE.slice(0, 34)}_${BARE.slice(34)}|`],
  [`Apr 16 07:35:07  telegram=|${BARE}|+225`],
  [`telegram=|${BARE.slice(0, 34)}|${BARE.slice(34)}|+74`],
  [
    `Jan 02 00:00:01 pi rtl[1]: C1;1;1;2019-02-09 07:14:18.000;117;102;74493770;0x${BARE}`,
    117,
    '2019-02-09 07:14:18.000',
  ],
  [
    `(serial) received ascii "T1;1;1;2019-02-09 07:14:18.000;117;102;74493770;0x${BARE}<0A>"`,
    117,
    '2019-02-09 07:14:18.000',
  ],
  [`(cul) checkCULFrame "bY${UPPER}8A35<0D><0A>"`, -47.5],
  [`CUL_Parse: CUL1 bY${UPPER} -77`],
  [`\x1b[35mData\x1b[0m : \x1b[1m${BARE}\x1b[0m`],
  [`(wmbus) frame "${BARE}"`],
  [`[12:24] Frame: ${UPPER}`],
  [`[14:33:42][V][mbus:027]: Frame: ${UPPER} (38) [with CRC]`],
  [`[14:33:42][D][wmbus:090]: ID [0x74493770] RSSI: -86 dBm LQI: 134 T: ${BARE.toUpperCase()} (36)`, -86],
  [`{"_":"decode","telegram":"${BARE}","key":"${toHex(KEY)}"}`],
  [`{"telegram_hex":"${SENT}","rssi":-77,"t":"2026-01-01T00:00:00Z"}`, -77, '2026-01-01T00:00:00Z'],
  [`{"a":{"b":[{"payload":"${SENT}"}]},"id":"74493770","key":"${toHex(KEY)}"}`],
  [`{"message":"telegram=|${BARE}|"}`],
  [`["${SENT}"]`],
  [`"${SENT}"`],
]

function readTotals(line: string): (string | undefined)[] {
  return telegramsIn(line).map(({ bytes, isChecked }) => {
    const options = { key: KEY, crypto: nodeCrypto, signatures: new Signatures(KNOWN_HEADERS), isChecked }
    return diagnose(bytes, options).records[1]?.raw
  })
}

describe('a telegram in a line', () => {
  for (const [line, rssi, time] of DRESSES) {
    it(`is read from ${line.slice(0, 60)}`, () => {
      deepEqual(readTotals(line), ['D3220000'])
      const [{ rssi: heard, time: at } = {}] = telegramsIn(line)
      deepEqual([heard, at], [rssi, time])
    })
  }

  it('of format A, whose length does not count checksums, is read from a CUL too', () => {
    const bare = fromHex(BARE)!
    deepEqual(readTotals(`b${toHex(formatA(bare))}`), ['D3220000'])
    deepEqual(readTotals(`b${toHex(formatA(bare)).toUpperCase()}8AE5`), ['D3220000'])
    deepEqual(readTotals(toHex(formatA(bare))), ['D3220000'])
  })

  it('of mode T whose checksum the receiver has checked is believed without it', () => {
    const clear = toHex(frame(WATER, '780413d3220000'))
    deepEqual(readTotals(clear), [undefined])
    const line = `T1;1;1;2019-02-09 07:14:18.000;117;102;12345678;0x${clear}`
    deepEqual(
      telegramsIn(line).map(
        ({ bytes, isChecked }) =>
          diagnose(bytes, { key: undefined, crypto: nodeCrypto, signatures: new Signatures(), isChecked }).result,
      ),
      ['ok'],
    )
  })

  it('that was heard by two methods is there twice', () => {
    deepEqual(readTotals(`C1;1;1;2019-02-09 07:14:18.000;117;102;74493770;0x${BARE};0x${BARE}`).length, 2)
  })

  it('that ends by chance with what would be its checksum is read where the receiver cut that off', () => {
    // The session number that makes it one; one of 65,536 does.
    const bytes = clearFrame(WATER, '780413d3220000')
    new DataView(bytes.buffer).setUint32(13, ((1 << 29) | (83573 << 4)) >>> 0, true)
    decryptSession(bytes, KEY, nodeCrypto)
    equal(isFormatB(bytes), true)
    const results = [`telegram=|${toHex(bytes)}|`, toHex(bytes)].map((line) => {
      const [found] = telegramsIn(line)
      const options = { key: KEY, crypto: nodeCrypto, signatures: new Signatures(), isChecked: found!.isChecked }
      return diagnose(found!.bytes, options).result
    })
    deepEqual(results, ['ok', 'payload-crc'])
  })

  it('is not found where there is none', () => {
    for (const line of [
      '',
      '   ',
      'hello',
      '2024-01-01 12:00:00',
      'Found Rafael Micro R820T tuner',
      `C1;0;1;2019-02-09 07:14:18.000;117;102;74493770;0x${BARE}`,
      'C1;1;1;2019-02-09 07:14:18.000;117;102;74493770;0x',
      `Frame: ${UPPER} (137) [RAW]`,
      'key=44E9112D06BD762EC2BFECE57E487C9B',
      '{"model":"Oregon","data":"a1b2c3d4e5f60718293a4b5c"}',
      '{"telegram":12}',
      '{"telegram":',
      '[1,2,3]',
      'b',
      'bY',
      'telegram=',
    ])
      deepEqual(telegramsIn(line), [], line)
  })

  it('for wmbusmeters is as rtl-wmbus writes it, without checksums', () => {
    const line = rtlwmbusLine(fromHex(BARE)!, -83, new Date('2026-01-02T03:04:05.678Z'))
    equal(line, `C1;1;1;2026-01-02 03:04:05.678;-83;-83;74493770;0x${BARE}`)
    deepEqual(readTotals(line), ['D3220000'])
  })
})
