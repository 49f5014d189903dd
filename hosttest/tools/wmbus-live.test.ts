// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import axe, { type AxeResults } from 'axe-core'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { launchChromium, missingChromium, openPage } from '../support/chromium.js'
import { commandLine } from '../support/cli.js'
import { needs } from '../support/needs.js'
import { compactFrame, WATER } from '../wmbus/frames.js'

const COMPACT = '25442D2C703749741F168D20B9C22302213A4DE6FAFF5B137E9EB42FD8D7129B64074CA798A4'
const FULL = '30442D2C703749741F168D20BD50DB0121CC72D62FF07CEC0D4ABCD547F8D20E0DFCC5573ADC9795582EB23C612D4DE52A'
const METER = ['--id', '74493770', '--key', '44E9112D06BD762EC2BFECE57E487C9B']
const RTL_WMBUS = `C1;1;1;2026-01-02 03:04:05.000;-83;-60;74493770;0x23${COMPACT.slice(2, -4)}`
const CHARACTERISTIC = '49535343-1e4d-4bd9-ba61-23c647249616'

function record(frame: string): string {
  const bytes = Buffer.from(`fbfbfbf0110125080000000061ad01${frame}`, 'hex')
  const crc = crc16En13757(bytes, 0, bytes.length)
  return `${bytes.toString('hex')}${crc.toString(16).padStart(4, '0')}fefe0e0f`
}

describe('meterlogger wmbus decode on a pipe', () => {
  const { start, meterlogger } = commandLine()

  it('answers each line before the next comes', async () => {
    const child = start('wmbus', 'decode', ...METER)
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    for (const line of [COMPACT, RTL_WMBUS, `[12:24] Frame: ${FULL}`]) {
      child.stdin.write(`${line}\n`)
      equal(JSON.parse((await lines.next()).value!).fields.total_m3, 8.915)
    }
    child.stdin.end()
    const [code] = await once(child, 'close')
    equal(code, 0)
  })

  it('ends silently when nobody reads any more', async () => {
    const child = start('wmbus', 'decode', ...METER)
    let err = ''
    child.stderr.on('data', (data) => (err += data))
    const ended = once(child, 'close')
    child.stdin.write(`${COMPACT}\n`)
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const timer = setInterval(() => child.stdin.write(`${COMPACT}\n`.repeat(100)), 5)
    const [code] = await ended
    clearInterval(timer)
    deepEqual([code, err], [0, ''])
  })

  it('skips and counts what is no telegram, also a line without end', async () => {
    const { code, out, err } = await meterlogger(
      ['wmbus', 'decode', ...METER],
      `Found Rafael Micro R820T tuner\n${COMPACT}\n${'x'.repeat(3_000_000)}\n{"telegram":"25\n${FULL}\n`,
    )
    equal(code, 0, err)
    equal(out.trim().split('\n').length, 2)
    match(err, /^lines without a telegram: 3$/m)
  })

  it('reads a concentrator that is recorded, one notification a line', async () => {
    const stream = record(FULL) + record(COMPACT)
    const lines = [stream.slice(0, 60), stream.slice(60)].map((hex) =>
      JSON.stringify({ t: '2026-01-02T03:04:05.000Z', characteristic: CHARACTERISTIC, hex }),
    )
    const { code, out } = await meterlogger(['wmbus', 'decode', ...METER], lines.join('\n'))
    equal(code, 0)
    equal(out.trim().split('\n').length, 2)
  })

  it('knows the header that it is given', async () => {
    const telegram = toHex(compactFrame(WATER, '0413 6167', ['d3220000', '10']))
    const header = (text: string) => meterlogger(['wmbus', 'decode', '--header', text, telegram])
    equal((await meterlogger(['wmbus', 'decode', telegram])).code, 1)
    for (const text of ['04136167', '04136167?']) {
      const { code, out } = await header(text)
      equal(code, 0)
      equal(JSON.parse(out).fields.total_m3, 8.915)
    }
    for (const text of ['xyz', '', '0493']) equal((await header(text)).code, 2, text)
  })
})

describe('meterlogger vw1871 decode', () => {
  const { meterlogger } = commandLine()
  const stream = record(FULL) + record(COMPACT)
  const notifications = [stream.slice(0, 60), stream.slice(60, 200), stream.slice(200)].map((hex) => ({
    t: '',
    characteristic: CHARACTERISTIC,
    hex,
  }))
  const decode = (input: string) => meterlogger(['vw1871', 'decode', '--jsonl'], input)
  const items = (out: string) =>
    out
      .trim()
      .split('\n')
      .flatMap((line) => JSON.parse(line).items as { readonly frame_hex: string }[])
      .map(({ frame_hex }) => frame_hex)

  it('takes a session, and one notification a line', async () => {
    const session = await decode(JSON.stringify({ notifications }))
    equal(session.out.trim().split('\n').length, 1)
    deepEqual(items(session.out), [FULL, COMPACT])
    deepEqual(items((await decode(notifications.map((one) => JSON.stringify(one)).join('\n'))).out), [FULL, COMPACT])
  })

  it('takes a session that is longer than what is kept of it', async () => {
    const many = Array.from({ length: 20_000 }, () => notifications).flat()
    const { code, out } = await decode(`${JSON.stringify({ device: { name: 'x' }, notifications: many })}\n`)
    equal(code, 0)
    equal(out.trim().split('\n').length, 1)
    const { items: found, resync } = JSON.parse(out)
    deepEqual([found.length, found.at(-1).frame_hex, resync], [40_000, COMPACT, 0])
  })

  it('says which line is wrong', async () => {
    for (const [input, reason] of [
      ['{}', /line 1: expected/],
      ['\n{"characteristic":"x"}', /line 2: notification 1: expected hex/],
      ['{', /line 1: /],
      [`{"other":"${'x'.repeat(2_000_000)}"}`, /line 1: expected/],
    ] as const) {
      const { code, err } = await decode(input)
      equal(code, 2)
      match(err, reason)
    }
  })
})

describe('meterlogger wmbus analyze', () => {
  const { meterlogger } = commandLine()
  const WRONG = ['--key', '00112233445566778899AABBCCDDEEFF']

  it('says of the key that was given what the portal says, of that meter alone', async () => {
    const { out } = await meterlogger(['wmbus', 'analyze', ...METER], COMPACT)
    match(out, /^KAM 74493770: The key is right\.$/m)
    const wrong = await meterlogger(['wmbus', 'analyze', ...WRONG], COMPACT)
    match(wrong.out, /^KAM 74493770: The key is wrong/m)
    const others = [
      ['--id', '11111111', ...WRONG],
      ['--key', 'NOKEY'],
    ]
    for (const options of others) {
      const { out: none } = await meterlogger(['wmbus', 'analyze', ...options], COMPACT)
      equal(/key/i.test(none.replace('no-key', '')), false, none)
    }
  })

  it('tells what it has heard where the page cannot be written', async () => {
    const { code, out, err } = await meterlogger(['wmbus', 'analyze', '--html', '/nonexistent/page.html'], COMPACT)
    deepEqual([code, /KAM 74493770/.test(out), /ENOENT/.test(err)], [2, true, true])
  })
})

describe('meterlogger wmbus analyze --html', () => {
  const { meterlogger } = commandLine()

  it('writes a page that asks for nothing and that everybody can read', async function () {
    needs(this, missingChromium())
    const folder = mkdtempSync(join(tmpdir(), 'analyze-'))
    const browser = await launchChromium()
    try {
      const capture = join(folder, 'a<b>.txt')
      const html = join(folder, 'page.html')
      const at = (second: number, frame: string) =>
        `C1;1;1;2026-01-02 03:04:${second}.000;-8${second % 7};-60;74493770;0x${frame}`
      const bare = (frame: string) => toHex(fromHex(frame)!.slice(0, -2)).replace(/^../, (l) => hexOf(l))
      const lines = [10, 26, 42, 58].map((second, i) => at(second, bare(i % 2 === 0 ? FULL : COMPACT)))
      writeFileSync(capture, [...lines, 'hello'].join('\n'))
      const { code, err } = await meterlogger(['wmbus', 'analyze', capture, '--html', html, ...METER])
      equal(code, 0, err)
      const page = readFileSync(html, 'utf8')
      equal(/https?:|src=|href=|url\(/.test(page), false)
      match(page, /a&lt;b&gt;\.txt/)
      for (const colorScheme of ['light', 'dark'] as const) {
        const tab = await openPage(browser, { colorScheme })
        const requests: string[] = []
        tab.on('request', (request) => requests.push(request.url()))
        await tab.goto(`file://${html}`)
        deepEqual(requests, [`file://${encodeURI(html)}`])
        await tab.evaluate(axe.source)
        const { violations } = (await tab.evaluate('axe.run()')) as AxeResults
        deepEqual(
          violations.map(({ id }) => id),
          [],
        )
        ok((await tab.locator('svg').count()) >= 3)
      }
    } finally {
      await browser.close()
      rmSync(folder, { recursive: true })
    }
  })
})

/** L of a frame whose checksum was cut off. */
function hexOf(length: string): string {
  return (Number.parseInt(length, 16) - 2).toString(16).padStart(2, '0')
}
