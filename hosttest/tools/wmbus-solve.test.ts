import { deepEqual, equal, match } from 'node:assert/strict'
import { toHex } from '../../modules/codec/hex.js'
import { simulate } from '../solver/simulated-meter.js'
import { commandLine } from '../support/cli.js'
import { clearFrame, WATER } from '../wmbus/frames.js'

/** As FlowIQ 2101 sends, but with the highest temperature of the day; no table has it. */
const HEADER = '02ff200413441391015b8101e7ff0f'
const ID = ['--id', '12345678', '--key', 'NOKEY']
const CAPTURED = '25442D2C703749741F168D20B9C22302213A4DE6FAFF5B137E9EB42FD8D7129B64074CA798A4'

/** Compact frames whose payload is in the clear, hex a line. */
function lines(header: string, telegrams: number, address = WATER): string {
  const low = (value: number) => toHex(Uint8Array.of(value & 0xff, value >> 8))
  return simulate(header, { seed: 4, telegrams })
    .map(({ signature, dataCrc, data }) => `79${low(signature)}${low(dataCrc)}${toHex(data)}`)
    .map((payload) => `${toHex(clearFrame(address, payload))}\n`)
    .join('')
}

describe('meterlogger wmbus solve', () => {
  const { meterlogger } = commandLine()

  it('prints the header, what it costs to believe it, and the fields of the last telegram', async () => {
    const other = lines('0413', 1, '2d2c795634121b16')
    const { code, out, err } = await meterlogger(['wmbus', 'solve', ...ID], `${other}${lines(HEADER, 3)}`)
    equal(code, 0, err)
    const { result, signature, header, setting, telegrams, candidates, odds, fields } = JSON.parse(out)
    deepEqual([result, header, setting, telegrams, candidates], ['solved', HEADER, HEADER, 3, 1])
    match(signature, /^[0-9a-f]{4}$/)
    equal(odds > 0 && odds < 0.0001, true)
    equal(typeof fields.total_m3, 'number')
    equal(err, '')
  })

  it('says so where a full frame of the file has the header', async () => {
    const full = `${toHex(clearFrame(WATER, '7802ff20000004131027000044137823000091015b118101e7ff0f16'))}\n`
    const { code, out } = await meterlogger(['wmbus', 'solve', ...ID], `${lines(HEADER, 2)}${full}`)
    equal(code, 0)
    const { result, header, odds, reason } = JSON.parse(out)
    deepEqual([result, header, odds, reason], ['solved', HEADER, 0, 'a full frame'])
  })

  it('says what would help where nothing was found', async () => {
    const { code, out, err } = await meterlogger(['wmbus', 'solve', ...ID], lines('0178017a01fd0e', 1))
    equal(code, 1)
    const { result, reason, headers } = JSON.parse(out)
    deepEqual([result, headers], ['unsolved', undefined])
    match(reason, /same data.*More telegrams.*full frame/)
    match(err, /unsolved: /)
  })

  it('names a wrong key, and a meter that was not heard', async () => {
    const key = ['--key', '00112233445566778899aabbccddeeff']
    const wrong = await meterlogger(['wmbus', 'solve', '--id', '74493770', ...key], CAPTURED)
    deepEqual([wrong.code, wrong.out], [1, ''])
    match(wrong.err, /wrong key for meter 74493770/)
    const silent = await meterlogger(['wmbus', 'solve', '--id', '74493771', ...key], CAPTURED)
    equal(silent.code, 1)
    match(silent.err, /no telegram of meter 74493771/)
  })

  it('ends with 2 and the reason on wrong usage', async () => {
    for (const [args, input, reason] of [
      [['--key', 'NOKEY'], CAPTURED, /--id/],
      [['--id', '7449377', '--key', 'NOKEY'], CAPTURED, /id: expected 8 digits/],
      [['--id', '74493770'], CAPTURED, /no key/],
      [['--id', '74493770', '--key', 'ab'], CAPTURED, /the key is not 32 hex digits/],
      [ID, '', /no telegram found/],
      [[...ID, '/nowhere/at/all'], '', /no such file/],
    ] as const) {
      const { code, err } = await meterlogger(['wmbus', 'solve', ...args], input)
      equal(code, 2, err)
      match(err, reason)
    }
  })
})
