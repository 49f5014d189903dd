import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { parser } from 'mqtt-packet'
import { EmbeddedBroker } from '../../twin/broker.js'
import { type BrokerWithRegister, brokerWithRegister, HEAT, Heard, SimpleDevice, WATER } from '../support/bridge.js'
import { commandLine, KEY } from '../support/cli.js'
import { Gate } from '../support/gate.js'
import { Lines } from '../support/lines.js'
import { needs } from '../support/needs.js'
import { until } from '../support/until.js'

const OTHER_KEY = '000102030405060708090a0b0c0d0e0f'
const REGISTER = `serial,key,name,kind
1234567,${KEY},"House ""7""",heat
7654321,${OTHER_KEY},Cellar,water
1111111,${OTHER_KEY},Never heard,
`

const now = () => Math.floor(Date.now() / 1000)

describe('bridge', () => {
  const { start, meterlogger } = commandLine()
  let broker: BrokerWithRegister['broker']
  let keys: string
  let heard: Heard
  let close: BrokerWithRegister['close']
  let device: SimpleDevice
  let water: SimpleDevice

  beforeEach(async () => {
    ;({ broker, keys, heard, close } = await brokerWithRegister(REGISTER))
    device = new SimpleDevice(heard.client, '1234567', KEY)
    water = new SimpleDevice(heard.client, '7654321', OTHER_KEY)
  })

  afterEach(() => close())

  const bridging = (...options: string[]) => bridgingAt(broker.url, ...options)

  async function bridgingAt(url: string, ...options: string[]) {
    const child = start('bridge', '--broker', url, '--keys', keys, ...options)
    const log = new Lines(child.stderr)
    await log.find(/^bridging /)
    return { child, log }
  }

  it('keeps the newest sample as JSON with the meter’s own digits, and what is absent is absent', async () => {
    await bridging()
    await device.say('sample', HEAT)
    const state = await heard.holds('meterlogger/1234567/state')
    match(
      state,
      /^\{"time":[0-9]{10},"heap":21376,"t1":68\.460,"t2":32\.10,"tdif":36\.36,"flow1":120,"effect1":5\.1,"hr":12345,"v1":123\.45,"e1":1234\.567\}$/,
    )
    equal(JSON.parse(state).t1, 68.46)
    await heard.holds('meterlogger/1234567/availability', 'online')
    await device.say('sample', 't1=70.00 C&t2=NaN C&program=000000000012&', now() + 1)
    await until(() => JSON.parse(heard.last('meterlogger/1234567/state')!).t1 === 70, 'the next sample')
    deepEqual(Object.keys(JSON.parse(heard.last('meterlogger/1234567/state')!)), ['time', 't1', 'program'])
    match(heard.last('meterlogger/1234567/state')!, /"t1":70\.00,"program":"000000000012"\}$/)
    const late = await Heard.of(broker.url, 'meterlogger/+/state')
    await late.holds('meterlogger/1234567/state', heard.last('meterlogger/1234567/state')!)
    await late.close()
  })

  it('an older sample that comes later changes nothing, also after a restart', async () => {
    const { child } = await bridging('--state-topic', 'open/meters')
    const state = 'open/meters/1234567/state'
    const newest = `{"time":${now()},"t1":2.00}`
    await device.say('sample', 't1=2.00 C&', JSON.parse(newest).time)
    await heard.holds(state, newest)
    await device.say('sample', 't1=1.00 C&', now() - 3600)
    await water.say('sample', WATER)
    await heard.holds('open/meters/7654321/state')
    equal(heard.last(state), newest)
    child.kill('SIGTERM')
    deepEqual(await once(child, 'close'), [0, null])
    await device.say('sample', 't1=1.50 C&', now() - 1800)
    await bridging('--state-topic', 'open/meters')
    await water.say('sample', 'v1=9.000 m3&', now() + 2)
    await until(() => JSON.parse(heard.last('open/meters/7654321/state')!).v1 === 9, 'the sample after the restart')
    equal(heard.last(state), newest)
  })

  it('hands on what was said while it was away', async () => {
    const { child } = await bridging()
    child.kill('SIGKILL')
    await once(child, 'close')
    await device.say('sample', HEAT)
    await bridging()
    await heard.holds('meterlogger/1234567/state')
  })

  it('names what it cannot open once, counts it, and goes on', async () => {
    const { log } = await bridging('--prometheus', '0')
    const url = (await log.find(/^metrics /)).slice('metrics '.length)
    const stranger = new SimpleDevice(heard.client, '9999999', KEY)
    const wrong = new SimpleDevice(heard.client, '7654321', KEY)
    for (let i = 0; i < 3; i++) {
      await stranger.say('sample', HEAT)
      await wrong.say('sample', HEAT)
      for (const time of [0, 1, 99_999_999_999_999, now() + 90_000]) await device.say('sample', HEAT, time)
      for (const topic of ['/sample/v2/1234567/x', '/Sam ple/v2/1234567/1', '/offline/v1/\u0007'])
        await heard.client.publishAsync(topic, 'nonsense', { qos: 1 })
      await heard.client.publishAsync(`/sample/v2/1234567/${now()}`, 'nonsense', { qos: 1 })
    }
    await device.say('sample', HEAT)
    await heard.holds('meterlogger/1234567/state')
    const text = await (await fetch(url)).text()
    const counted = (result: string) =>
      Number(/ ([0-9]+)$/m.exec(text.split(`{result="${result}"}`)[1]!.split('\n')[0]!)![1])
    deepEqual(['opened', 'unknown_device', 'wrong_key', 'malformed', 'impossible_time'].map(counted), [1, 6, 3, 9, 12])
    const named = log.all.filter((line) => /^(unknown device|wrong key|malformed|impossible time): /.test(line))
    equal(named.length, 6, named.join('\n'))
    ok(!log.all.join('').includes('\u0007'))
  })

  it('tells who is there: one whose connection is gone, and is back', async () => {
    await bridging()
    await heard.holds('meterlogger/bridge/availability', 'online')
    await device.say('sample', HEAT)
    await water.say('sample', WATER)
    await heard.holds('meterlogger/7654321/availability', 'online')
    equal(heard.last('meterlogger/1234567/availability'), 'online')
    await device.isGone()
    await heard.holds('meterlogger/1234567/availability', 'offline')
    await device.say('version', 'twin-0.1.0-node-KMP-THERMO_NC', now() + 1)
    await heard.holds('meterlogger/1234567/availability', 'online')
    deepEqual(
      heard.all.filter(({ topic }) => topic === 'meterlogger/7654321/availability').map(({ text }) => text),
      ['online'],
    )
  })

  it('believes no last will of a stranger, which would make a device of it', async () => {
    const child = start('bridge', '--broker', broker.url, '--key', KEY)
    await new Lines(child.stderr).find(/^bridging /)
    await heard.client.publishAsync('/offline/v1/5555555', '', { qos: 1 })
    await device.say('sample', HEAT)
    await heard.holds('meterlogger/1234567/availability', 'online')
    await device.isGone()
    await heard.holds('meterlogger/1234567/availability', 'offline')
    ok(!heard.all.some(({ topic }) => topic.startsWith('meterlogger/5555555/')))
  })

  it('is there whatever the broker says later of a bridge that was there before', async () => {
    const { child } = await bridging()
    await heard.holds('meterlogger/bridge/availability', 'online')
    await heard.client.publishAsync('meterlogger/bridge/availability', 'offline', { qos: 1, retain: true })
    await until(() => heard.count('meterlogger/bridge/availability') === 3, 'the answer')
    equal(heard.last('meterlogger/bridge/availability'), 'online')
    child.kill('SIGTERM')
    await once(child, 'close')
    await heard.holds('meterlogger/bridge/availability', 'offline')
  })

  it('tells who is there: a device that falls silent, and one that was never heard', async () => {
    await heard.client.publishAsync('meterlogger/1111111/availability', 'online', { retain: true, qos: 1 })
    await bridging('--silent', '2s')
    const said = () =>
      heard.all.filter(({ topic }) => topic === 'meterlogger/7654321/availability').map(({ text }) => text)
    // On a busy computer a sample can be as old as that when it comes.
    await until(async () => {
      await water.say('sample', WATER)
      return said().includes('online')
    }, 'the device')
    await heard.holds('meterlogger/7654321/availability', 'offline')
    await heard.holds('meterlogger/1111111/availability', 'offline')
    await until(async () => {
      await water.say('version', 'twin-0.1.0-node-KMP-THERMO_NC')
      return said().lastIndexOf('online') > said().indexOf('offline')
    }, 'the device again')
  })

  it('gives its metrics, exact to the last digit, and promtool has nothing against them', async function () {
    const { log } = await bridging('--prometheus', '0')
    const url = (await log.find(/^metrics /)).slice('metrics '.length)
    await device.say('sample', HEAT.replace('1234.567 MWh', '12345678901234567.891 MWh'))
    await device.say('status', 'open')
    await water.say('sample', WATER)
    await heard.holds('meterlogger/7654321/availability', 'online')
    const answer = await fetch(url)
    equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    const text = await answer.text()
    const name = '{serial="1234567",name="House \\"7\\""}'
    for (const line of [
      `meterlogger_energy_joules_total${name} 44444444044444444407600000`.replace(
        '44444444044444444407600000',
        String(12345678901234567891n * 3_600_000n),
      ),
      `meterlogger_volume_cubic_meters_total${name} 123.45`,
      `meterlogger_operation_seconds_total${name} 44442000`,
      `meterlogger_power_watts${name} 5100`,
      `meterlogger_flow_liters_per_hour${name} 120`,
      'meterlogger_temperature_celsius{serial="1234567",name="House \\"7\\"",sensor="t1"} 68.460',
      `meterlogger_valve_open${name} 1`,
      'meterlogger_volume_cubic_meters_total{serial="7654321",name="Cellar"} 8.915',
      'meterlogger_messages_total{result="opened"} 3',
    ])
      ok(text.split('\n').includes(line), `${line}\n${text}`)
    equal((await fetch(url.replace('/metrics', '/'))).status, 404)
    equal((await fetch(url, { method: 'POST' })).status, 405)
    const found = spawnSync('promtool', ['--version'])
    needs(this, found.status === 0 ? undefined : 'promtool is not installed')
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    deepEqual([checked.status, checked.stdout, checked.stderr], [0, '', ''])
  })

  it('waits for the broker of --out, and publishes there only', async () => {
    const gate = await Gate.make()
    const { child, log } = await bridging('--out', gate.url)
    await device.say('sample', HEAT)
    await log.find(/calling again$/)
    const out = await EmbeddedBroker.listen(0)
    const there = await Heard.of(out.url, '#')
    gate.open(out)
    try {
      await there.holds('meterlogger/1234567/availability', 'online')
      await there.holds('meterlogger/1234567/state')
      ok(!heard.all.some(({ topic }) => topic.startsWith('meterlogger/')))
      child.kill('SIGINT')
      deepEqual(await once(child, 'close'), [0, null])
      await there.holds('meterlogger/bridge/availability', 'offline')
      ok(!log.all.join('\n').includes(KEY))
    } finally {
      gate.close()
      await there.close()
      await out.close()
    }
  })

  it('goes on at a broker that was lost and has forgotten everything, and ends also while it is away', async () => {
    const gate = await Gate.make()
    gate.open(broker)
    const { child, log } = await bridgingAt(gate.url, '--home-assistant')
    const other = await EmbeddedBroker.listen(0)
    const there = await Heard.of(other.url, '#')
    try {
      await device.say('sample', HEAT, now() - 10)
      await heard.holds('meterlogger/1234567/availability', 'online')
      gate.shut()
      await log.find(/calling again$/)
      gate.open(other)
      await there.holds('meterlogger/bridge/availability', 'online')
      const deviceThere = new SimpleDevice(there.client, '1234567', KEY)
      // What it says before the bridge has subscribed is nobody's.
      await until(async () => {
        await deviceThere.say('sample', HEAT)
        return there.last('meterlogger/1234567/state') !== undefined
      }, 'a sample')
      await there.holds('meterlogger/1234567/availability', 'online')
      await there.holds('homeassistant/device/meterlogger_1234567/config')
      gate.shut()
      child.kill('SIGTERM')
      deepEqual(await once(child, 'close'), [0, null])
    } finally {
      gate.close()
      await there.close()
      await other.close()
    }
  })

  it('goes on when it loses the connection while it asks for what an earlier run has published', async () => {
    let lost = 0
    const way = createServer((caller) => {
      const further = createConnection({ host: '127.0.0.1', port: broker.port })
      const packets = parser({ protocolVersion: 4 }).on('packet', (packet) => {
        const asks = packet.cmd === 'subscribe' && packet.subscriptions.some(({ topic }) => topic.endsWith('/state'))
        if (asks && lost++ === 0) caller.destroy()
      })
      caller.on('data', (bytes) => {
        packets.parse(bytes)
        if (!caller.destroyed) further.write(bytes)
      })
      further.pipe(caller)
      for (const socket of [caller, further]) socket.on('error', () => {}).on('close', () => further.destroy())
      further.on('close', () => caller.destroy())
    }).listen(0, '127.0.0.1')
    await once(way, 'listening')
    const { port } = way.address() as AddressInfo
    await bridging('--out', `mqtt://127.0.0.1:${port}`)
    await device.say('sample', HEAT)
    await heard.holds('meterlogger/1234567/state')
    ok(lost > 1)
    way.close()
  })

  it('ends in order while its first broker says nothing, and does not say that it bridges', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const child = start('bridge', '--broker', `mqtt://127.0.0.1:${port}`, '--keys', keys)
    const log = new Lines(child.stderr)
    const [socket] = await once(silent, 'connection')
    child.kill('SIGTERM')
    deepEqual(await once(child, 'close'), [0, null])
    deepEqual(log.all, [])
    socket.destroy()
    silent.close()
  })

  it('refuses options that make no sense', async () => {
    for (const [options, problem] of [
      [['--state-topic', 'a/#'], /--state-topic: expected a topic/],
      [['--home-assistant', '+'], /--home-assistant: expected a topic/],
      [['--listen', '0.0.0.0'], /--listen: nothing listens/],
      [['--silent', '1d'], /--silent: expected/],
      [['--client-id', ''], /--client-id: expected/],
      [['--out', 'http://x'], /--broker: expected mqtt/],
    ] as const) {
      const { code, err } = await meterlogger(['bridge', '--broker', broker.url, '--key', KEY, ...options])
      equal(code, 2)
      match(err, problem)
    }
  })
})
