import { deepEqual, equal, match } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { commandLine } from '../support/cli.js'
import { vectors } from '../support/vectors.js'
import { clearFrame, compactFrame, formatA, HEAT, WATER } from '../wmbus/frames.js'

const FULL = '30442D2C703749741F168D20BD50DB0121CC72D62FF07CEC0D4ABCD547F8D20E0DFCC5573ADC9795582EB23C612D4DE52A'
const COMPACT = '25442D2C703749741F168D20B9C22302213A4DE6FAFF5B137E9EB42FD8D7129B64074CA798A4'
const METER = ['--id', '74493770', '--key', '44E9112D06BD762EC2BFECE57E487C9B']

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** As the concentrator passes a frame on. */
function record(frame: string): string {
  const bytes = Buffer.from(`fbfbfbf0110125080000000061ad01${frame}`, 'hex')
  const crc = crc16En13757(bytes, 0, bytes.length)
  return `${bytes.toString('hex')}${crc.toString(16).padStart(4, '0')}fefe0e0f`
}

async function inFile(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-'))
  try {
    writeFileSync(join(folder, 'capture'), text)
    await use(join(folder, 'capture'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('meterlogger wmbus decode', () => {
  const { meterlogger } = commandLine()

  it('prints one JSON object a telegram, with the digits that the meter gave', async () => {
    const { code, out, err } = await meterlogger(['wmbus', 'decode', ...METER, FULL, COMPACT])
    equal(code, 0, err)
    const [full, compact] = out.trim().split('\n')
    match(full!, /"total_m3":8\.915,"target_m3":8\.533,/)
    const { result, flags, meter, fields, records } = JSON.parse(full!)
    deepEqual([result, flags], ['ok', []])
    deepEqual(meter, { manufacturer: 'KAM', id: '74493770', version: 0x1f, type: 0x16 })
    deepEqual([fields.total_m3, fields.status, fields.time_dry], [8.915, 'DRY', '4-7 days'])
    deepEqual(records[1], {
      header: '0413',
      raw: 'D3220000',
      function: 'instantaneous',
      storage: 0,
      tariff: 0,
      subunit: 0,
      value: 8.915,
      unit: 'm3',
    })
    equal(records[3].value, null)
    equal(JSON.parse(compact!).fields.flow_temperature_c, 33)
  })

  it('keeps zeros behind the point', async () => {
    const { out } = await meterlogger(['wmbus', 'decode', hex(clearFrame(WATER, '780413e8030000'))])
    match(out, /"total_m3":1\.000[,}]/)
  })

  it('reads telegrams from standard input, the full ones explain the compact ones behind them', async () => {
    const compact = hex(compactFrame(WATER, '0413 6167', ['d3220000', '10']))
    const { code, out, err } = await meterlogger(
      ['wmbus', 'decode'],
      `${compact}\n${hex(clearFrame(WATER, '780413d5220000616712'))}\n\n${compact}\n`,
    )
    equal(code, 1)
    match(err, /1 of 3 telegrams: unknown-signature/)
    deepEqual(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).result),
      ['unknown-signature', 'ok', 'ok'],
    )
  })

  it('does not use the key for the telegrams of another meter', async () => {
    const other = ['wmbus', 'decode', '--id', '74493771']
    const { code, out, err } = await meterlogger([...other, ...METER.slice(2), FULL])
    equal(code, 1)
    equal(JSON.parse(out).result, 'no-key')
    deepEqual(err.split('\n'), [
      'no telegram is from 74493771, the meter of --id that the key is for; the first is from 74493770',
      'meterlogger: 1 of 1 telegram: no-key',
      '',
    ])
    // Strangers are heard beside the meter, and a telegram without a key is what was asked for.
    const stranger = `${FULL.slice(0, 8)}71${FULL.slice(10)}`
    const both = await meterlogger(['wmbus', 'decode', ...METER, stranger, FULL])
    equal(both.err, 'meterlogger: 1 of 2 telegrams: no-key\n')
    const clear = await meterlogger([...other, '--key', 'NOKEY', FULL])
    equal(clear.err, 'meterlogger: 1 of 1 telegram: no-key\n')
  })

  it('shows what is left of a frame that was cut, but no fields', async () => {
    const { code, out } = await meterlogger(['wmbus', 'decode', ...METER, FULL.slice(0, 72)])
    equal(code, 1)
    const { result, fields, records, partial } = JSON.parse(out)
    deepEqual(
      [result, fields, records.length, partial],
      ['truncated', {}, 2, { ci: '78', payload_crc: 'unverifiable' }],
    )
  })

  it('ends with 2 and the reason on wrong usage', async () => {
    for (const [args, input, reason] of [
      [['--id', '7449377', FULL], '', /id: expected 8 digits, got "7449377"/],
      [['--key', 'ab', FULL], '', /the key is not 32 hex digits/],
      [['xyz'], '', /telegram: expected hex digits/],
      [[], '', /no telegram given/],
      [['--jsonl'], '{', /--jsonl: /],
      [['--jsonl'], '{"id":"74493770"}', /no telegram_hex/],
      [['--jsonl'], 'null', /no telegram_hex/],
    ] as const) {
      const { code, err } = await meterlogger(['wmbus', 'decode', ...args], input)
      equal(code, 2, err)
      match(err, reason)
    }
  })

  const entries = vectors('wmbus')?.filter(({ category }) => category !== 'wired-mbus')
  const test = entries === undefined ? it.skip : it
  test('takes the vectors by --jsonl and gives their results in the same order', async () => {
    const { code, out } = await meterlogger(
      ['wmbus', 'decode', '--jsonl'],
      entries!.map((entry) => JSON.stringify(entry)).join('\n'),
    )
    equal(code, 1)
    const decoded = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    equal(decoded.length, entries!.length)
    entries!.forEach(({ name, expected_json, expected_error, expected_error_any }, i) => {
      equal(decoded[i].name, name)
      const accepted = expected_json === null ? (expected_error_any ?? [expected_error]) : ['ok']
      equal(accepted.includes(decoded[i].result), true, name)
    })
  })
})

describe('the four telegrams of the README', () => {
  const { meterlogger } = commandLine()

  it('say what it says of them', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const telegrams = [...readme.matchAll(/^ {4}([0-9A-F]+)(?: \\)?$/gm)].map((found) => found[1]!)
    equal(telegrams.length, 4)
    const { code, out } = await meterlogger(['wmbus', 'decode', ...METER, ...telegrams])
    equal(code, 0)
    for (const line of out.trim().split('\n')) {
      const { fields } = JSON.parse(line)
      deepEqual([fields.total_m3, fields.status, fields.time_dry], [8.915, 'DRY', '4-7 days'])
    }
  })
})

describe('meterlogger wmbus analyze', () => {
  const { meterlogger } = commandLine()

  it('takes a recorded session of a concentrator apart', async () => {
    const stream = record(FULL) + record(COMPACT)
    const characteristic = '49535343-1e4d-4bd9-ba61-23c647249616'
    const notifications = [stream.slice(0, 80), stream.slice(80)].map((hex) => ({ t: '', characteristic, hex }))
    await inFile(JSON.stringify({ notifications }), async (path) => {
      const { out } = await meterlogger(['wmbus', 'analyze', path, '--json', ...METER])
      const [meter] = JSON.parse(out).meters
      deepEqual([meter.id, meter.full, meter.compact], ['74493770', 1, 1])
    })
  })

  it('tells the meters, their period, which frames are full, and what fails', async () => {
    const strange = hex(formatA(clearFrame(HEAT, '780406051c0000')))
    const lines = [FULL, COMPACT, record(FULL), '# a remark', `${strange}00`, '']
    await inFile(lines.join('\n'), async (path) => {
      const { code, out } = await meterlogger(['wmbus', 'analyze', path, '--json', ...METER])
      equal(code, 0)
      const { meters, failed } = JSON.parse(out)
      deepEqual(meters[0], {
        manufacturer: 'KAM',
        id: '74493770',
        version: 0x1f,
        type: 0x16,
        telegrams: 3,
        period: null,
        full: 2,
        compact: 1,
        fullAt: [5],
        missed: 0,
        rssi: { least: -83, mean: -83, most: -83 },
        results: { ok: 3 },
      })
      deepEqual(failed, [{ place: 5, id: '12345678', result: 'length-mismatch' }])
      const prose = await meterlogger(['wmbus', 'analyze', path])
      match(prose.out, /^KAM 74493770 +1F 16 +3 +- +2 \+ 1 +5 +0 +-83 +no-key 3$/m)
      match(prose.out, /^telegram 5 of 12345678: length-mismatch$/m)
    })
  })

  it('takes the period from what the telegrams say', async () => {
    // Six minutes and 23 telegrams lie between these two.
    const later = clearFrame(WATER, '7802ff2000000413d3220000')
    const first = clearFrame(WATER, '7802ff2000000413d2220000')
    later[12] = first[12]! + 23
    later[13] = first[13]! + 0x60
    const text = JSON.stringify([{ telegram_hex: hex(first) }, hex(later), { other: 1 }])
    await inFile(text, async (path) => {
      const { out } = await meterlogger(['wmbus', 'analyze', path, '--json'])
      equal(JSON.parse(out).meters[0].period, 15.7)
    })
  })

  it('says when there is nothing to analyze', async () => {
    await inFile('no telegram here\n', async (path) => {
      const { code, err } = await meterlogger(['wmbus', 'analyze', path])
      equal(code, 1)
      match(err, /no telegram found/)
    })
    equal((await meterlogger(['wmbus', 'analyze', '/nowhere'])).code, 2)
  })
})
