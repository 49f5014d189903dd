// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { withBroker } from '../../modules/uplink/brokers.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { SimulatedBroker } from '../../twin/simulated-broker.js'
import { testTwin } from '../../twin/virtual.js'

const MINUTE = 60_000

/** A device whose broker works, and another broker that is not there at first. */
async function setUp(storage = new MemoryStorage()) {
  const device = testTwin(
    {},
    {
      storage,
      connect: (options) => (options.host === 'broker' ? device.broker : other).connect(options),
    },
  )
  const other = new SimulatedBroker(device.clock, 20)
  other.reachable = false
  await device.online()
  const samples = (broker: SimulatedBroker) =>
    broker.messages.filter(({ topic }) => topic.startsWith('/sample/')).length
  return { ...device, other, samples }
}

describe('a new broker', () => {
  it('is called at once, and the one before is forgotten when the new one has answered', async () => {
    const { clock, twin, other, ask, samples } = await setUp()
    other.reachable = true
    deepEqual(await ask('set_mqtt', 'host=new&port=1884&user=me&pwd=secret'), [
      'set_mqtt host=new&port=1884&user=me&pwd=secret',
    ])
    equal(twin.settings.previousMqttHost, 'broker')
    await clock.run(2 * MINUTE)
    ok(samples(other) > 0)
    const { mqttHost, mqttPort, mqttUser, mqttPassword, previousMqttHost, previousMqttPassword } = twin.settings
    deepEqual([mqttHost, mqttPort, mqttUser, mqttPassword], ['new', 1884, 'me', 'secret'])
    deepEqual([previousMqttHost, previousMqttPassword], ['', ''])
  })

  for (const [what, fail] of [
    ['cannot be reached', () => {}],
    [
      'takes connections and stays silent',
      (other: SimulatedBroker) => Object.assign(other, { reachable: true, answering: false }),
    ],
    ['has no name', (other: SimulatedBroker) => Object.assign(other, { resolving: false })],
  ] as const)
    it(`that ${what} does not push out the one that has answered`, async () => {
      const { clock, twin, broker, other, ask, samples } = await setUp()
      fail(other)
      await ask('set_mqtt', 'host=new')
      const before = samples(broker)
      await clock.run(3 * MINUTE)
      equal(samples(broker), before, 'the new one has its time')
      await clock.run(5 * MINUTE)
      ok(samples(broker) >= before + 7, `${samples(broker) - before} samples`)
      deepEqual(await ask('mqtt'), ['mqtt host=new&port=1883&user=esp8266&broker=previous'])
      match((await ask('network_quality'))[0]!, /&broker=previous$/)
      deepEqual([twin.settings.mqttHost, twin.settings.previousMqttHost], ['new', 'broker'])
    })

  it('is tried again each hour while the one before answers, for half a minute', async () => {
    const { clock, twin, broker, other, ask, samples } = await setUp()
    await ask('set_mqtt', 'host=new')
    await clock.run(60 * MINUTE)
    const { length } = broker.wills
    const before = samples(broker)
    await clock.run(60 * MINUTE)
    equal(broker.wills.length - length, 1)
    ok(samples(broker) >= before + 59)
    other.reachable = true
    await clock.run(61 * MINUTE)
    deepEqual([twin.settings.mqttHost, twin.settings.previousMqttHost], ['new', ''])
    ok(samples(other) > 0)
    ok(!twin.firmware.networkQuality().includes('broker='))
  })

  it('that answers CONNECT, but takes neither subscription nor message, is none', async () => {
    const { clock, twin, broker, other, ask } = await setUp()
    other.reachable = true
    other.subscribeCode = 0x80
    const connect = other.connect
    Object.assign(other, {
      connect: (options: Parameters<typeof connect>[0]) => {
        const connection = connect(options)
        return Object.assign(connection, { publish: () => true })
      },
    })
    await ask('set_mqtt', 'host=new')
    const { length } = broker.messages
    await clock.run(15 * MINUTE)
    ok(broker.messages.length > length)
    equal(twin.settings.previousMqttHost, 'broker')
  })

  it('is tried once more after a restart, and the one before is still there', async () => {
    const { clock, twin, broker, ask, samples } = await setUp()
    await ask('set_mqtt', 'host=new')
    await clock.run(10 * MINUTE)
    twin.powerCut(1_000)
    const before = samples(broker)
    await clock.run(10 * MINUTE)
    ok(samples(broker) > before)
    equal(twin.settings.previousMqttHost, 'broker')
  })

  it('can be corrected as often as it takes, and taken back', async () => {
    const { clock, twin, ask } = await setUp()
    await ask('set_mqtt', 'host=new')
    await clock.run(10 * MINUTE)
    await ask('set_mqtt', 'port=1885')
    deepEqual([twin.settings.previousMqttHost, twin.settings.previousMqttPort], ['broker', 1883])
    await clock.run(10 * MINUTE)
    await ask('set_mqtt', 'host=broker&port=1883')
    equal(twin.settings.previousMqttHost, '')
    await clock.run(MINUTE)
    deepEqual(await ask('mqtt'), ['mqtt host=broker&port=1883&user=esp8266&broker=first'])
  })

  it('pushes out one that has never answered', async () => {
    const device = testTwin({}, { fresh: true })
    device.twin.start()
    const { settings } = device.twin.firmware
    settings.update(withBroker(settings.values, { host: 'mine' }))
    deepEqual([settings.values.mqttHost, settings.values.previousMqttHost], ['mine', ''])
  })

  it('is refused as a whole where one part of it is wrong', async () => {
    const { twin, ask } = await setUp()
    for (const [payload, reason] of [
      ['host=new&port=0', 'port: expected 1 to 65535, got "0"'],
      ['user=x&host=a..b', 'host: "" is no part of a name'],
      ['host=new&colour=red', 'colour: expected host, port, user or pwd'],
      [`pwd=${'x'.repeat(65)}&host=new`, 'pwd: expected at most 64 bytes'],
    ] as const)
      deepEqual(await ask('set_mqtt', payload), [`set_mqtt refused: ${reason}`])
    deepEqual([twin.settings.mqttHost, twin.settings.mqttUser], ['broker', 'esp8266'])
  })
})

describe('samples between two brokers', () => {
  it('are not lost, wherever the switch cuts a delivery', async () => {
    const { clock, twin, broker, other } = await setUp()
    other.reachable = true
    const { settings } = twin.firmware
    for (let packets = 1; packets <= 24; packets++) {
      const [from, host] = packets % 2 === 0 ? [other, 'broker'] : [broker, 'new']
      from.breakAt = from.packets + packets
      await clock.run(MINUTE, () => from.packets >= from.breakAt)
      settings.update(withBroker(settings.values, { host }))
      twin.firmware.brokerChanged()
      await clock.run(2 * MINUTE)
    }
    await clock.run(5 * MINUTE)
    const times = [broker, other]
      .flatMap(({ messages }) => messages)
      .filter(({ topic }) => topic.startsWith('/sample/'))
      .map(({ topic }) => Number(topic.split('/').at(-1)))
      .sort((one, next) => one - next)
    const gaps = times.slice(1).map((time, i) => time - times[i]!)
    ok(Math.max(...gaps) <= 62, `a gap of ${Math.max(...gaps)} s`)
    ok(times.length > 50)
  })
})
