import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { toHex } from '../../modules/codec/hex.js'
import type { Result } from '../../modules/codec/result.js'
import { En61107Meter } from '../../modules/en61107/client.js'
import { mc66c } from '../../modules/en61107/driver.js'
import { MeterLine } from '../../modules/meters/line.js'
import type { Reading } from '../../modules/meters/meter.js'
import { withEvenParity } from '../../modules/meters/parity.js'
import { sampleText } from '../../modules/meters/sample-text.js'
import { testClock } from '../support/clock.js'
import { ScriptedSerial } from '../support/scripted-serial.js'

const IDENTIFY = '/?!\r\n'
const BLOCK_C = '\x020.0(00000060017)\r\n6.8(0507.109*MWh)\r\n6.26(12966.26*m3)\r\n6.31(0032673*h)!\r\n\x03\x49'
const BLOCK_B = '\x020.0(00000060017)6.8(0507.109*MWh)6.26(12966.26*m3)6.31(0032673*h)!\r\n\x03\x04'
const REPLIES: Readonly<Record<string, string>> = {
  '/#C': '0006812 0021875 0003376 0000000 0000000 0000079 0000000 0000031 \r',
  '/#1\r': '0507109 1296626 0032673 0006811 0003366 0003445 0000031 0000079 0000093 0000000 \r',
  '/#2\r': '00000060017 0000000 0000000 0000000 0000000 0000000 0000000 0044119 1200000 0171028 \r',
}
const SAMPLE =
  'heap=20000&program=441191200000&t1=68.11 C&t2=33.66 C&t3=218.750 C&tdif=34.45 C&flow1=79 l/h&effect1=3.100 kW&hr=32673 h&v1=12966.26 m3&e1=507.109 MWh&'

type Meter = (request: string, count: number) => readonly string[]

const meterC: Meter = (request) => (request === IDENTIFY ? [`/KAM MC\r\n${BLOCK_C}`] : [REPLIES[request] ?? ''])
const meterB: Meter = (request) => {
  if (request === IDENTIFY) return ['/KAM 0 MC\r\n']
  return request === '\x06000\r\n' ? [BLOCK_B] : request === '/#C' ? [] : [REPLIES[request] ?? '']
}

async function read(meter: Meter, variant: '66-B' | '66-C' = '66-C') {
  const clock = testClock()
  const encode = (text: string) => toHex(withEvenParity(text))
  const requests: { text: string; baud: number }[] = []
  const serial: ScriptedSerial = new ScriptedSerial(clock, (hex) => {
    const text = (hex.match(/../g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 16) & 0x7f)).join('')
    if (!text.startsWith('\0')) requests.push({ text, baud: serial.settings!.baud })
    return text.startsWith('\0') ? [] : meter(text, requests.length - 1).map(encode)
  })
  const client = new En61107Meter(new MeterLine(serial, clock), variant)
  let result: Result<Reading> | undefined
  void client.read().then((value) => {
    result = value
  })
  await clock.run(120_000, () => result !== undefined)
  ok(result !== undefined, 'the dialogue came to no end within two minutes')
  return { result, requests, serial }
}

function sampleOf(result: Result<Reading>, flow = false): string {
  return result.ok
    ? sampleText(result.value!, 20000, flow ? mc66c.quantities.flow : mc66c.quantities.heat)
    : result.error
}

describe('an EN 61107 dialogue', () => {
  it('reads a 66-C', async () => {
    const { result, requests } = await read(meterC)
    equal(sampleOf(result), SAMPLE)
    equal(sampleOf(result, true), 'heap=20000&program=441191200000&flow1=79 l/h&hr=32673 h&v1=12966.26 m3&')
    deepEqual(requests, [
      { text: IDENTIFY, baud: 300 },
      { text: '/#C', baud: 300 },
      { text: '/#1\r', baud: 300 },
      { text: '/#2\r', baud: 300 },
    ])
  })

  it('reads a 66-B, which waits to be acknowledged and has no T3', async () => {
    const { result, requests } = await read(meterB, '66-B')
    equal(sampleOf(result), SAMPLE.replace('t3=218.750 C&', ''))
    deepEqual(
      requests.map(({ text }) => text),
      [IDENTIFY, '\x06000\r\n', '/#1\r', '/#2\r'],
    )
  })

  it('is not deceived by the echo of an optical head', async () => {
    const { result } = await read((request, count) => [request, ...meterC(request, count)])
    equal(sampleOf(result), SAMPLE)
  })

  it('takes replies in pieces, after noise', async () => {
    const { result } = await read((request, count) => [
      ...(request.startsWith('/') ? ['\0\x7f'] : []),
      ...(meterC(request, count)[0]!.match(/[\s\S]{1,5}/g) ?? []),
    ])
    equal(sampleOf(result), SAMPLE)
  })

  it('asks again after silence and after a wrong checksum', async () => {
    const { result, requests } = await read((request, count) => {
      if (count === 0) return []
      const reply = meterC(request, count)[0]!
      return [count === 1 ? reply.replace('\x03\x49', '\x03\x48') : reply]
    })
    equal(sampleOf(result), SAMPLE)
    equal(requests.filter(({ text }) => text === IDENTIFY).length, 3)
  })

  it('reads the block again when the standard data tell other totals, and believes what comes twice', async () => {
    const swapped = BLOCK_C.replace('0507.109', '5007.109')
    let blocks = 0
    const once = await read((request, count) =>
      request === IDENTIFY ? [`/KAM MC\r\n${blocks++ === 0 ? swapped : BLOCK_C}`] : meterC(request, count),
    )
    equal(sampleOf(once.result), 'data block: two readings differ')
    const always = await read((request, count) =>
      request === IDENTIFY ? [`/KAM MC\r\n${swapped}`] : meterC(request, count),
    )
    match(sampleOf(always.result), /e1=5007\.109 MWh/)
  })

  for (const [unit, damaged] of [
    ['MWh', 'LXh'],
    ['m3', 'l4'],
  ] as const)
    it(`reads the block again when ${unit} came as ${damaged}, which the checksum lets through`, async () => {
      let blocks = 0
      const reader = (times: number) => (request: string, count: number) =>
        request === IDENTIFY && blocks++ < times
          ? [`/KAM MC\r\n${BLOCK_C.replace(unit, damaged)}`]
          : meterC(request, count)
      equal(sampleOf((await read(reader(1))).result).includes(damaged), false)
      equal(blocks > 1, true)
      blocks = 0
      ok(!sampleOf((await read(reader(9))).result).includes(damaged))
    })

  it('does without T3 where the meter has none', async () => {
    const { result } = await read((request, count) => (request === '/#C' ? [] : meterC(request, count)))
    equal(sampleOf(result), SAMPLE.replace('t3=218.750 C&', ''))
  })

  it('tells a T3 below zero', async () => {
    const cold = '0002251 -002735 0001820 0000000 0000000 0000020 0000000 0000000 \r'
    const { result } = await read((request, count) => (request === '/#C' ? [cold] : meterC(request, count)))
    match(sampleOf(result), /t3=-27\.350 C&/)
  })

  it('gives up after three attempts a step and says at which', async () => {
    equal(sampleOf((await read(() => [])).result), 'data block: no reply')
    const { result } = await read((request, count) => (request === '/#2\r' ? ['x\r'] : meterC(request, count)))
    equal(sampleOf(result), '/#2: registers: expected 10, got 1')
  })
})
