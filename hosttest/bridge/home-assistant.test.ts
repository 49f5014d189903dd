import { deepEqual, equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { connectAsync } from 'mqtt'
import {
  type BrokerWithRegister,
  brokerWithRegister,
  HEAT,
  type Heard,
  SimpleDevice,
  WATER,
} from '../support/bridge.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { until } from '../support/until.js'
import { RULES, takenApart } from './home-assistant-rules.js'

const REGISTER = `serial,key,name,kind
1234567,${KEY},Flat 3,heat
7654321,${KEY},Cellar,water
2222222,${KEY},Shop,electricity
3333333,${KEY},,
`
const SAMPLES: Readonly<Record<string, string>> = {
  '1234567': HEAT,
  '7654321': WATER,
  '2222222': 'heap=1&effect1=0.250 kW&e1=17.5 kWh&hr=12&',
  '3333333': 'heap=1&flow1=12 l/h&hr=12 h&v1=1.5 m3&',
}

const topicOf = (serial: string) => `homeassistant/device/meterlogger_${serial}/config`
const now = () => Math.floor(Date.now() / 1000)

describe('bridge --home-assistant', () => {
  const { start } = commandLine()
  let broker: BrokerWithRegister['broker']
  let keys: string
  let heard: Heard
  let close: BrokerWithRegister['close']

  beforeEach(async () => {
    ;({ broker, keys, heard, close } = await brokerWithRegister(REGISTER))
  })

  afterEach(() => close())

  const deviceOf = (serial: string) => new SimpleDevice(heard.client, serial, KEY)

  async function bridging(...options: string[]) {
    const child = start('bridge', '--broker', broker.url, '--keys', keys, ...options)
    const log = new Lines(child.stderr)
    await log.find(/^bridging /)
    return { child, log }
  }

  /** The components of a device by their ids. */
  async function componentsOf(serial: string): Promise<Record<string, Record<string, unknown>>> {
    return JSON.parse(await heard.holds(topicOf(serial))).components
  }

  it('keeps to each rule of the documentation, for every kind of meter, with its valve', async () => {
    await bridging('--home-assistant', '--control')
    for (const [serial, text] of Object.entries(SAMPLES)) {
      await deviceOf(serial).say('sample', text)
      await heard.holds(topicOf(serial))
      await deviceOf(serial).say('status', 'close')
      await until(() => heard.last(topicOf(serial))!.includes('"valve"'), 'the valve')
      const message = takenApart('homeassistant', topicOf(serial), heard.last(topicOf(serial))!)
      for (const { page, demand, holds } of RULES) ok(holds(message), `${serial}: ${demand} (${page})`)
    }
  })

  it('has what the energy and water dashboards take, and the names of the register', async () => {
    await bridging('--home-assistant', '--silent', '20m')
    for (const [serial, text] of Object.entries(SAMPLES)) await deviceOf(serial).say('sample', text)
    const what = (component: Record<string, unknown> | undefined) => [
      component?.device_class,
      component?.state_class,
      component?.unit_of_measurement,
    ]
    const heat = await componentsOf('1234567')
    deepEqual(Object.keys(heat), ['heap', 't1', 't2', 'tdif', 'flow1', 'effect1', 'hr', 'v1', 'e1'])
    deepEqual(what(heat.e1), ['energy', 'total_increasing', 'MWh'])
    deepEqual(what(heat.effect1), ['power', 'measurement', 'kW'])
    deepEqual(what(heat.t1), ['temperature', 'measurement', '°C'])
    deepEqual(what(heat.flow1), ['volume_flow_rate', 'measurement', 'L/h'])
    equal(heat.e1!.expire_after, 1200)
    equal(heat.e1!.unique_id, 'meterlogger_1234567_e1')
    const water = await componentsOf('7654321')
    deepEqual(Object.keys(water), ['heap', 't1', 't3', 'flow1', 'v1'])
    deepEqual(what(water.v1), ['water', 'total_increasing', 'm³'])
    deepEqual(what((await componentsOf('2222222')).e1), ['energy', 'total_increasing', 'kWh'])
    deepEqual(what((await componentsOf('3333333')).v1), ['water', 'total_increasing', 'm³'])
    const names = Object.keys(SAMPLES).map((serial) => JSON.parse(heard.last(topicOf(serial))!).device.name)
    deepEqual(names.sort(), ['Cellar', 'Flat 3', 'Meter 3333333', 'Shop'])
  })

  it('is told once, again when a unit changes, and again when Home Assistant has come', async () => {
    await bridging('--home-assistant', 'ha')
    const topic = 'ha/device/meterlogger_1234567/config'
    const device = deviceOf('1234567')
    await device.say('sample', 'e1=1.0 MWh&', now() - 10)
    await heard.holds(topic)
    await device.say('sample', 'e1=1.1 MWh&', now() - 9)
    await device.say('sample', 'e1=1100 kWh&', now() - 8)
    await until(() => heard.last(topic)!.includes('"kWh"'), 'the other unit')
    equal(heard.count(topic), 2)
    await heard.client.publishAsync('ha/status', 'offline', { qos: 1 })
    await heard.client.publishAsync('ha/status', 'online', { qos: 1, retain: true })
    await until(() => heard.count(topic) === 3, 'once more')
  })

  it('is kept by the broker, and no entity goes because the first sample after a restart lacks it', async () => {
    const { child } = await bridging('--home-assistant')
    const device = deviceOf('1234567')
    await device.say('sample', HEAT, now() - 5)
    await heard.holds(topicOf('1234567'))
    const before = Object.keys(await componentsOf('1234567'))
    child.kill('SIGTERM')
    await once(child, 'close')
    await bridging('--home-assistant')
    await device.say('sample', 't1=1.00 C&t3=2.00 C&', now())
    await until(() => heard.count(topicOf('1234567')) === 2, 'the next discovery')
    deepEqual(Object.keys(await componentsOf('1234567')).sort(), [...before, 't3'].sort())
  })

  it('takes commands from Home Assistant with --control alone, seals them, and sends nothing else', async () => {
    const { log } = await bridging('--home-assistant', '--control')
    const device = deviceOf('1234567')
    const commands = () =>
      heard.all
        .filter(({ topic }) => topic.startsWith('/config/v2/1234567/'))
        .map(({ topic, payload }) => {
          const opened = device.envelope.open(topic, payload)
          return `${topic.split('/')[5]} ${opened.ok ? opened.value : opened.error}`
        })
    await device.say('sample', HEAT)
    await until(() => commands().length === 1, 'the question for the valve')
    await device.say('status', 'close')
    await device.say('open_until', '3274')
    await heard.holds('meterlogger/1234567/valve', 'closed')
    await heard.holds('meterlogger/1234567/limit', '3274')
    const { valve, limit } = await componentsOf('1234567')
    deepEqual([valve!.platform, limit!.platform, limit!.unit_of_measurement], ['valve', 'number', 'kWh'])
    const set = (topic: unknown, text: string, retain = false) =>
      heard.client.publishAsync(String(topic), text, { qos: 1, retain })
    for (const text of ['open', '', 'OPEN ', '1', '__proto__']) await set(valve!.command_topic, text)
    for (const text of ['', '-1', '1e9', 'NaN', '12345678901', '1,5', 'x'.repeat(2000)])
      await set(limit!.command_topic, text)
    await set('meterlogger/9999999/valve/set', 'OPEN')
    await set('meterlogger/7654321/valve/set', 'OPEN')
    await set(valve!.command_topic, 'OPEN')
    await set(valve!.command_topic, 'CLOSE')
    await set(limit!.command_topic, '1200.0')
    await until(() => commands().length >= 6, 'the commands')
    deepEqual(commands(), ['status 1', 'open 1', 'status 1', 'close 1', 'status 1', 'open_until 1200.0'])
    await log.find(/\/valve\/set: expected OPEN or CLOSE/)
    await log.find(/\/limit\/set: expected an amount such as 1200 or 12\.5$/)
    await log.find(/9999999\/valve\/set: no such device/)
    await log.find(/7654321\/valve\/set: it has told of no valve yet: send it `status`$/)
  })

  it('does not do a command that the broker keeps, nor any without --control', async () => {
    const operator = await connectAsync(broker.url)
    await operator.publishAsync('meterlogger/1234567/valve/set', 'CLOSE', { retain: true, qos: 1 })
    const { child, log } = await bridging('--home-assistant', '--control')
    await log.find(/retained commands are refused: publish without the retain flag$/)
    child.kill('SIGTERM')
    await once(child, 'close')
    await bridging('--home-assistant')
    const device = deviceOf('1234567')
    await device.say('status', 'open')
    await operator.publishAsync('meterlogger/1234567/valve/set', 'CLOSE', { qos: 1 })
    await device.say('sample', HEAT)
    await heard.holds(topicOf('1234567'))
    ok(!heard.last(topicOf('1234567'))!.includes('"valve"'))
    ok(!heard.all.some(({ topic }) => topic.startsWith('/config/')))
    await operator.endAsync()
  })
})
