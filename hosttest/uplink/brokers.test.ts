// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { broker as commands } from '../../modules/control/commands/broker.js'
import type { Device } from '../../modules/control/device.js'
import type { MqttConnectOptions } from '../../modules/ports/mqtt.js'
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
      ['host=new&colour=red', 'colour: expected host, port, user, pwd or certificate'],
      ['host=new&certificate=1234', 'certificate: expected 64 hex digits, or none'],
      [`pwd=${'x'.repeat(65)}&host=new`, 'pwd: expected at most 64 bytes'],
    ] as const)
      deepEqual(await ask('set_mqtt', payload), [`set_mqtt refused: ${reason}`])
    deepEqual([twin.settings.mqttHost, twin.settings.mqttUser], ['broker', 'esp8266'])
  })
})

describe('a broker with TLS', () => {
  const CERTIFICATE = 'ab'.repeat(32)
  const COLONS = Array.from({ length: 32 }, () => 'AB').join(':')

  it('is named by command, with the fingerprint as openssl prints it and the usual port', async () => {
    const { clock, twin, other, ask, samples } = await setUp()
    other.reachable = true
    deepEqual(await ask('set_mqtt', `host=new&certificate=${COLONS}`), [
      `set_mqtt host=new&port=8883&user=esp8266&pwd=chah5Kai&certificate=${CERTIFICATE}`,
    ])
    deepEqual(await ask('mqtt'), [`mqtt host=new&port=8883&user=esp8266&broker=first&certificate=${CERTIFICATE}`])
    await clock.run(2 * MINUTE)
    ok(samples(other) > 0)
    deepEqual([twin.settings.mqttCertificate, twin.settings.previousMqttCertificate], [CERTIFICATE, ''])
  })

  it('may be left again, and has a port of its own where one is named', async () => {
    const { ask } = await setUp()
    const stored = async (payload: string) => (await ask('set_mqtt', payload))[0]!
    match(await stored(`port=8884&certificate=${CERTIFICATE}`), /port=8884&.*&certificate=/)
    match(await stored(`certificate=${CERTIFICATE}&port=8885`), /port=8885&.*&certificate=/)
    equal(await stored('certificate=none'), 'set_mqtt host=broker&port=1883&user=esp8266&pwd=chah5Kai')
  })

  it('that does not answer is left for the one before, with what that one needs', async () => {
    const { clock, twin, broker, ask, samples } = await setUp()
    await ask('set_mqtt', `host=new&certificate=${CERTIFICATE}`)
    const before = samples(broker)
    await clock.run(20 * MINUTE)
    ok(samples(broker) > before)
    equal(twin.settings.mqttCertificate, CERTIFICATE)
  })

  it('is refused by a build that has no TLS', () => {
    const replies: string[] = []
    const stored = { mqttHost: 'old' }
    const device = { hasTls: false, settings: { values: stored } } as unknown as Device
    commands.set_mqtt!.run(device, (text) => replies.push(text), `host=new&certificate=${CERTIFICATE}`)
    deepEqual(replies, ['refused: certificate: this build has no TLS'])
  })

  it('is called only when the time is known, for dates cannot be checked before', async () => {
    const called: MqttConnectOptions[] = []
    const device = testTwin(
      {},
      {
        broker: { host: 'broker', port: 8883, certificate: CERTIFICATE },
        connect: (options) => {
          called.push(options)
          return device.broker.connect(options)
        },
      },
    )
    const { clock, twin, log } = device
    twin.time.silent = true
    twin.start()
    await clock.run(2 * MINUTE)
    ok(log.includes('wifi: connected'))
    equal(called.length, 0)
    twin.time.silent = false
    await clock.run(2 * MINUTE)
    equal(called.length, 1)
    ok(log.includes('mqtt: connecting to broker:8883 as 1234567 over TLS'))
    deepEqual([called[0]!.certificate, called[0]!.unix! > 1_800_000_000], [CERTIFICATE, true])
  })

  it('has 30 s for its handshake', async () => {
    const called: number[] = []
    const device = testTwin(
      {},
      {
        broker: { host: 'broker', port: 8883, certificate: CERTIFICATE },
        connect: (options) => {
          called.push(device.clock.now())
          return device.broker.connect(options)
        },
      },
    )
    device.broker.answering = false
    device.twin.start()
    await device.clock.run(30_000)
    equal(called.length, 1)
    await device.clock.run(10_000)
    ok(called.length > 1 && called[1]! - called[0]! >= 30_000, String(called))
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
