import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { EN } from '../../modules/portal/texts/en.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { Vw1871Receiver } from '../../twin/vw1871.js'
import { AirMeter, hex } from '../radio/air.js'
import { commandLine, KEY } from '../support/cli.js'
import { testClock } from '../support/clock.js'
import { Lines } from '../support/lines.js'
import { formatB, frame } from '../wmbus/frames.js'

const ID = '20000001'
const CLEAR = '20000002'
const CHARACTERISTIC = '0000ff81-0000-1000-8000-00805f9b34fb'

/** What a concentrator passes on of a meter that sends compact frames alone, and of one that does not encrypt. */
async function session(minutes: number): Promise<string> {
  const clock = testClock()
  const receiver = new Vw1871Receiver(clock)
  const notifications: { t: string; characteristic: string; hex: string }[] = []
  receiver.listen((item) => {
    const t = new Date(1_800_000_000_000 + clock.now()).toISOString()
    for (let at = 0; at < item.length; at += 200)
      notifications.push({ t, characteristic: CHARACTERISTIC, hex: toHex(item.slice(at, at + 200)) })
  })
  const air = new AirMeter(fromHex(KEY)!, nodeCrypto, ID)
  const clear = formatB(frame(`2d2c${CLEAR.match(/../g)!.reverse().join('')}1f16`, '7a010000000413010000000259d204'))
  for (let i = 0; i < 4 * minutes; i++) {
    await clock.run(15_000)
    air.minute = 1_000_000 + Math.floor(clock.now() / 60_000)
    const records = [['0413', hex(air.litres, 4)] as const, ['0259', '0100'] as const]
    receiver.hear(air.sendRecords(records, true).frame, -60)
    receiver.hear(clear, -60)
  }
  receiver.close()
  return JSON.stringify(notifications)
}

describe('meterlogger twin --header', () => {
  const { start, meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-'))
  const capture = join(folder, 'session.json')
  const radio = [
    ...['twin', '--meter', 'flowiq', '--capture', capture, '--speed', '100'],
    ...['--flag', `WATER_METERS=${ID}:${KEY},${CLEAR}:${KEY}`],
  ]
  before(async () => writeFileSync(capture, await session(20)))
  after(() => rmSync(folder, { recursive: true }))

  it('reads the meter with it', async () => {
    const { code, out, err } = await meterlogger([...radio, '--header', '04130259', '--count', '2'])
    equal(code, 0, err)
    ok(out.includes(`/sample/v2/${ID}/`) && out.includes('v1=64.932 m3&'), out)
    ok(err.includes(`meter ${ID}: ${EN.keys.right}\n`), err)
    // Under this number `send` reaches it.
    ok(err.includes(`device ${ID}, key `) && err.includes(` --serial ${ID} `), err)
  })

  it('shows what a guess reads, and says what is heard of a meter that does not encrypt', async () => {
    const child = start(...radio, '--header', '0413', '--header', '04130259?')
    const out = new Lines(child.stdout)
    const err = new Lines(child.stderr)
    equal(await err.find(new RegExp(`^meter ${ID}: `)), `meter ${ID}: ${EN.keys['header not confirmed']} 9023`)
    await out.find(/key=header not confirmed 9023&v1=64.932 m3&/)
    equal(await err.find(new RegExp(`^meter ${CLEAR}: `)), `meter ${CLEAR}: ${EN.keys['not encrypted']}`)
    ok(!out.all.some((line) => line.includes('/sample/v2/')))
  })

  it('ends with 2 and the reason where it is none', async () => {
    for (const [args, reason] of [
      [['--header', '04'], '--header: header 1: it does not end with a whole record header'],
      [['--header', '0413?', '--header', '0413'], '--header: a header with the signature'],
      [['--meter', 'kmp', '--header', '0413'], 'RADIO_HEADERS: needs BLE=1 or FLOWIQ=1'],
    ] as const) {
      const { code, err } = await meterlogger(['twin', '--meter', 'flowiq', ...args])
      deepEqual([code, err.includes(reason)], [2, true], err)
    }
  })
})
