// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { parseFlags } from '../../modules/app/flags.js'
import { toHex } from '../../modules/codec/hex.js'
import { commandFilter } from '../../modules/delivery/topics.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { fileServer } from '../../tools/file-server.js'
import { newRegister } from '../../tools/fleet.js'
import { parseRegister } from '../../tools/key-register.js'
import { portOf } from '../../twin/bind.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { RealClock } from '../../twin/clock.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { Flaw, makeImage, type TwinImage } from '../../twin/image.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { mqttConnector } from '../../twin/mqtt-client.js'
import { connectTcp } from '../../twin/tcp.js'
import { Twin } from '../../twin/twin.js'
import { commandLine } from '../support/cli.js'
import { Gate } from '../support/gate.js'
import { Lines } from '../support/lines.js'
import { until } from '../support/until.js'
import { signed, UPDATE_KEY } from '../support/update.js'

const FIRST = 7_000_001

describe('update push', () => {
  const { start, meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-push-'))
  const at = (name: string) => join(folder, name)
  const [first, second, third] = [0, 1, 2].map((i) => String(FIRST + i))
  const text = newRegister(3, FIRST)
  const register = parseRegister(text, 'keys.csv')
  const images: Readonly<Record<string, TwinImage>> = {
    good: { version: '0.2.0' },
    crash: { version: '0.3.0', flaw: Flaw.Crash },
    other: { version: '0.4.0', variant: 'daughterboard' },
  }
  let broker: EmbeddedBroker
  let server: Server
  let twins: Twin[]

  before(async () => {
    writeFileSync(at('keys.csv'), text, { mode: 0o600 })
    for (const [name, image] of Object.entries(images)) writeFileSync(at(name), signed(makeImage(image)))
    server = fileServer(Object.keys(images).map(at))
    await once(server.listen(0, '127.0.0.1'), 'listening')
  })

  beforeEach(async () => {
    broker = await EmbeddedBroker.listen(0)
    twins = []
  })

  afterEach(async () => {
    for (const twin of twins) twin.close()
    await broker.close()
  })

  after(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })

  /** The first devices of the register, online at the broker. */
  async function online(count: number): Promise<void> {
    const announced = new Set<string>()
    for (const { serial, key } of register.devices.slice(0, count)) {
      const flags = parseFlags({ KEY: toHex(key), SERIAL: serial, UPDATE_KEY })
      ok(flags.ok)
      const twin = new Twin({
        flags: flags.value,
        clock: new RealClock(10),
        unix: Date.now(),
        connect: mqttConnector([]),
        connectTcp,
        broker: { host: '127.0.0.1', port: broker.port },
        storage: new MemoryStorage(),
        flash: new SimulatedFlash({ sectors: 192 }),
        onDelivered: ({ topic }) => announced.add(topic.split('/')[3]!),
      })
      twins.push(twin)
      twin.start()
    }
    await until(() => announced.size === count, 'all are online')
  }

  const args = (name: string, ...more: readonly string[]) => [
    ...['update', 'push', '--broker', broker.url, '--keys', at('keys.csv')],
    ...['--url', `http://127.0.0.1:${portOf(server)}/${name}`, ...more],
  ]

  it('brings twins to a new version, stage by stage, and with its log tells none of them again', async () => {
    await online(2)
    const options = args('good', '--serial', second!, first!, '--stages', '1,100%', '--log', at('log'))
    const { code, out, err } = await meterlogger(options)
    deepEqual([code, out], [0, `${first}  good\n${second}  good\n`], err)
    deepEqual(
      twins.map(({ image }) => image.version),
      ['0.2.0', '0.2.0'],
    )
    match(err, /^version 0\.2\.0 for esp32, variant none\nstage 1 of 2: 1 to tell\n/)
    match(err, /\nstage 2 of 2: 1 to tell\n/)
    match(err, /\n2 good\n$/)
    equal(readFileSync(at('log'), 'utf8').split('\n').length, 3)
    const again = await meterlogger(options)
    deepEqual([again.code, again.out], [0, `${first}  good: by the log\n${second}  good: by the log\n`])
  })

  it('stops at the first failure with 1, and says why it failed', async () => {
    await online(1)
    for (const [name, line] of [
      ['crash', 'rolled_back: never started'],
      ['crash', 'refused: failed before: never started'],
      ['other', 'refused: other variant'],
    ] as const) {
      const { code, out, err } = await meterlogger(args(name))
      deepEqual([code, out], [1, `${first}  ${line}\n${second}  not told\n${third}  not told\n`], err)
    }
    const forced = await meterlogger(args('crash', '--force', '--serial', first!))
    deepEqual([forced.code, forced.out], [1, `${first}  rolled_back: never started\n`])
    equal(twins[0]!.image.version, '0.1.0')
  })

  it('goes on when the broker was away: it tells the device again', async () => {
    const gate = await Gate.make()
    gate.open(broker)
    const child = start(...args('good', '--serial', first!, '--broker', gate.url))
    const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
    await err.find(/^stage 1 of 1/)
    gate.shut()
    await err.find(/^the broker is lost; trying again$/)
    const other = await EmbeddedBroker.listen(0)
    const device = await connectAsync(other.url)
    device.on('message', () => {
      const topic = `/update/v2/${first}/${Math.floor(Date.now() / 1000)}`
      const message = new Envelope(nodeCrypto, register.devices[0]!.key).seal(topic, 'state=good&version=0.2.0')
      device.publish(topic, Buffer.from(message), { qos: 1 })
    })
    await device.subscribeAsync(commandFilter(first!))
    try {
      const closed = once(child, 'close')
      gate.open(other)
      await err.find(/^the broker is back$/)
      equal(await out.find(/./), `${first}  good`)
      deepEqual(await closed, [0, null])
    } finally {
      gate.close()
      await device.endAsync(true)
      await other.close()
    }
  })

  it('ends on a signal with 1, and says how far it came', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const child = start(...args('good', '--serial', first!, third!, '--stages', '1'))
      const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
      await err.find(/^stage 1/)
      const closed = once(child, 'close')
      child.kill(signal)
      deepEqual(await closed, [1, null])
      deepEqual(out.all, [`${first}  under way`, `${third}  not told`])
    }
  })

  it('tells nobody on wrong usage, and where devices could not fetch the file', async () => {
    writeFileSync(at('empty.csv'), 'serial,key,group\n', { mode: 0o600 })
    const serial = ['--serial', first!]
    const gone = `http://127.0.0.1:${portOf(server)}/gone`
    for (const [more, code, reason] of [
      [['--stages', '10,1'], 2, /--stages: expected growing numbers or percentages/],
      [['--url', 'https://127.0.0.1/good'], 2, /--url: https is not understood; the signature protects the image/],
      [['--url', 'ftp://127.0.0.1/good'], 2, /--url: expected http:\/\/host:port\/path/],
      [['--serial', '42'], 2, /no device "42" in /],
      [['--group', 'north'], 2, /no device of the group "north" in /],
      [['--group', 'north', ...serial], 2, /cannot be used with/],
      [['--keys', at('empty.csv')], 2, /no device in .*empty\.csv/],
      [['--timeout', '30'], 2, /--timeout: expected 20s, 15m or 2h, got "30"/],
      [['--parallel', '0'], 2, /--parallel: expected a number from 1/],
      [['--log', folder], 2, /--log: .*: a folder; name a file/],
      [['--broker', 'http://x'], 2, /expected mqtt:/],
      [['--url', gone], 1, /gone: HTTP 404/],
      [['--url', 'http://127.0.0.1:1/x'], 1, /127\.0\.0\.1:1\/x: /],
      [['--broker', 'mqtt://127.0.0.1:1'], 1, /mqtt:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/],
    ] as const) {
      const ended = await meterlogger(args('good', ...more))
      deepEqual([ended.code, ended.out], [code, ''], `${more}: ${ended.err}`)
      match(ended.err, reason)
    }
  })
})
