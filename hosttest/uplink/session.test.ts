import { deepEqual, equal, ok } from 'node:assert/strict'
import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import { Delivery } from '../../modules/delivery/delivery.js'
import type { MqttConnectOptions } from '../../modules/ports/mqtt.js'
import { WallClock } from '../../modules/time/wall-clock.js'
import { MqttSession } from '../../modules/uplink/session.js'
import { seededRandom } from '../../twin/random.js'
import { SimulatedBroker } from '../../twin/simulated-broker.js'
import { testClock } from '../support/clock.js'
import { hosted } from '../support/hosted.js'

const ROUND_TRIP = 20
/** Unix milliseconds. */
const START = 1_800_000_000_000

function setUp(random = seededRandom(1), isTimeKnown = true, opened: MqttConnectOptions[] = []) {
  const clock = testClock()
  const broker = new SimulatedBroker(clock, ROUND_TRIP)
  const wallClock = new WallClock(clock)
  if (isTimeKnown) wallClock.set(START)
  const envelope = { seal: (_: string, text: string) => encodeUtf8(text) }
  const delivery = new Delivery({ clock, wallClock, envelope, flash: undefined, random })
  const received: string[] = []
  const numbers = ['1234567']
  const log: string[] = []
  const session: MqttSession = hosted(MqttSession, {
    clock,
    wallClock,
    delivery,
    random,
    connect: (options) => {
      opened.push(options)
      return broker.connect(options)
    },
    broker: () => ({ host: 'broker', port: 1883, user: 'u', password: 'p', certificate: '' }),
    numbers: () => numbers,
    onConnected: () => session.subscribe(),
    onMessage: (topic, payload) => received.push(`${topic} ${decodeUtf8(payload)}`),
    log: (text) => log.push(text),
  })
  const push = (count: number) => {
    for (let i = 0; i < count; i++) delivery.message('kind', '1234567', i, `text ${i}`)
  }
  const delivered = () => broker.messages.map((message) => decodeUtf8(message.payload))
  return { clock, wallClock, delivery, broker, session, numbers, received, log, push, delivered }
}

function texts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `text ${i}`)
}

describe('the MQTT session', () => {
  it('delivers what the outbox holds, in order', async () => {
    const { clock, session, push, delivered } = setUp()
    push(5)
    session.start('1234567')
    await clock.run(1_000)
    deepEqual(delivered(), texts(5))
  })

  it('sends nothing as long as a message cannot be dated', async () => {
    const { clock, wallClock, delivery, session, push, delivered } = setUp(seededRandom(1), false)
    push(2)
    session.start('1234567')
    await clock.run(60_000)
    deepEqual(delivered(), [])
    wallClock.set(START)
    delivery.pump()
    await clock.run(1_000)
    deepEqual(delivered(), texts(2))
  })

  it('delivers each message exactly once, whichever packet the network breaks at', async () => {
    let broken = 0
    for (let at = 0; at < 40; at++) {
      const { clock, broker, session, push, delivered } = setUp()
      broker.breakAt = at
      push(6)
      session.start('1234567')
      await clock.run(30_000)
      deepEqual(delivered(), texts(6), `network broken at packet ${at}`)
      if (broker.connections > 1) broken++
    }
    ok(broken > 20, `only ${broken} of the breaks happened within the traffic`)
  })

  it('delivers each message exactly once over a network that breaks all the time', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      const { clock, broker, session, push, delivered } = setUp(random)
      push(40)
      session.start('1234567')
      for (let i = 0; i < 60; i++) {
        await clock.run(random() * 300)
        broker.cut()
      }
      await clock.run(60_000)
      deepEqual(delivered(), texts(40), `seed ${seed}`)
    }
  })

  it('publishes the message in the air again when the broker has forgotten the session', async () => {
    const { clock, broker, session, push, delivered } = setUp()
    session.start('1234567')
    await clock.run(1_000)
    // PUBLISH has arrived, PUBREL has not.
    push(1)
    await clock.run(1.5 * ROUND_TRIP - 1)
    deepEqual(delivered(), [])
    broker.forget()
    await clock.run(10_000)
    deepEqual(delivered(), texts(1))
  })

  it('notices within 38 s that a connection is dead, and loses nothing', async () => {
    const { clock, broker, session, push, delivered } = setUp()
    session.start('1234567')
    await clock.run(5_000)
    broker.passing = false
    await clock.run(38_000)
    ok(!session.connected)
    push(3)
    await clock.run(30_000)
    broker.passing = true
    await clock.run(10_000)
    deepEqual(delivered(), texts(3))
  })

  it('has its session at the broker under its serial number, over every connection', async () => {
    const opened: MqttConnectOptions[] = []
    const { clock, broker, session } = setUp(seededRandom(1), true, opened)
    session.start('1234567')
    await clock.run(1_000)
    broker.cut()
    await clock.run(5_000)
    deepEqual(
      opened.map(({ id }) => id),
      ['1234567', '1234567'],
    )
  })

  it('tries again ever more slowly, at most every 8 s', async () => {
    const { clock, broker, session } = setUp()
    broker.reachable = false
    session.start('1234567')
    await clock.run(600_000)
    ok(broker.connections > 600 / 8.1, `${broker.connections} attempts in 10 minutes`)
    ok(broker.connections < 600 / 3.9 + 5, `${broker.connections} attempts in 10 minutes`)
  })

  it('subscribes to its commands on every connection and hands them up', async () => {
    const { clock, broker, session, received } = setUp()
    session.start('1234567')
    await clock.run(1_000)
    broker.publish('/config/v2/1234567/1/ping', encodeUtf8('one'))
    broker.publish('/config/v2/7654321/1/ping', encodeUtf8('not ours'))
    await clock.run(1_000)
    broker.forget()
    await clock.run(10_000)
    broker.publish('/config/v2/1234567/2/ping', encodeUtf8('two'))
    await clock.run(1_000)
    deepEqual(received, ['/config/v2/1234567/1/ping one', '/config/v2/1234567/2/ping two'])
  })

  it('subscribes to the commands of each number, one after the other', async () => {
    const { clock, broker, session, numbers, received } = setUp()
    numbers.push('11111111', '22222222')
    session.start('1234567')
    await clock.run(1_000)
    numbers.push('33333333')
    session.subscribe()
    await clock.run(1_000)
    equal(broker.subscribes.length, 3 + 1)
    for (let i = 1; i < 4; i++)
      ok(broker.subscribes[i]! - broker.subscribes[i - 1]! >= ROUND_TRIP, 'SUBSCRIBE before SUBACK')
    for (const number of numbers) broker.publish(`/config/v2/${number}/1/ping`, encodeUtf8('1'))
    await clock.run(1_000)
    deepEqual(
      received,
      numbers.map((number) => `/config/v2/${number}/1/ping 1`),
    )
  })

  it('gets the commands of the other numbers where the broker refuses one, and asks again for that one alone', async () => {
    const { clock, broker, session, numbers, received } = setUp()
    numbers.push('11111111', '22222222')
    broker.refused.add('/config/v2/1234567/#')
    session.start('1234567')
    await clock.run(1_000)
    for (const number of numbers) broker.publish(`/config/v2/${number}/1/ping`, encodeUtf8('1'))
    await clock.run(1_000)
    deepEqual(received, ['/config/v2/11111111/1/ping 1', '/config/v2/22222222/1/ping 1'])
    numbers.push('33333333')
    session.subscribe()
    await clock.run(1_000)
    ok(broker.filters.includes('/config/v2/33333333/#'))
    broker.refused.clear()
    const asked = broker.subscribes.length
    await clock.run(310_000)
    ok(broker.filters.includes('/config/v2/1234567/#'))
    equal(broker.subscribes.length, asked + 1)
  })

  it('unsubscribes from a number that is no longer its own, now or over the next connection', async () => {
    const { clock, broker, session, numbers } = setUp()
    numbers.push('11111111', '22222222', '33333333')
    session.start('1234567')
    await clock.run(1_000)
    numbers.splice(1, 1)
    session.subscribe()
    await clock.run(1_000)
    deepEqual(broker.filters, ['/config/v2/1234567/#', '/config/v2/22222222/#', '/config/v2/33333333/#'])
    broker.cut()
    numbers.splice(1, 1)
    await clock.run(5_000)
    deepEqual(broker.filters, ['/config/v2/1234567/#', '/config/v2/33333333/#'])
    numbers.push('11111111')
    session.subscribe()
    await clock.run(1_000)
    deepEqual(broker.filters, ['/config/v2/1234567/#', '/config/v2/33333333/#', '/config/v2/11111111/#'])
    equal(broker.subscribes.length, 4 + 2 + 1)
  })

  it('asks again for the number that the broker has refused, and keeps the others', async () => {
    const { clock, broker, session, numbers, received } = setUp()
    numbers.push('11111111', '22222222')
    broker.subscribeCode = 0
    session.start('1234567')
    await clock.run(2.5 * ROUND_TRIP)
    broker.subscribeCode = 0x80
    await clock.run(60_000)
    broker.publish('/config/v2/1234567/1/ping', encodeUtf8('1'))
    await clock.run(1_000)
    deepEqual(received, ['/config/v2/1234567/1/ping 1'])
    broker.subscribeCode = 0
    await clock.run(310_000)
    broker.publish('/config/v2/11111111/1/ping', encodeUtf8('1'))
    broker.publish('/config/v2/22222222/1/ping', encodeUtf8('1'))
    await clock.run(1_000)
    equal(received.length, 3)
    equal(broker.connections, 1)
  })

  for (const [name, code, told] of [
    ['refuses', 0x80, 'mqtt: the broker refuses the commands of 1234567, code 0x80'],
    ['does not answer', undefined, 'mqtt: no answer about the commands of 1234567'],
  ] as const)
    it(`subscribes again, ever more slowly, where the broker ${name}, and delivers meanwhile`, async () => {
      const { clock, broker, session, received, log, push, delivered } = setUp()
      broker.subscribeCode = code
      session.start('1234567')
      await clock.run(1_000)
      push(3)
      await clock.run(3_600_000)
      deepEqual(delivered(), texts(3))
      const { subscribes } = broker
      ok(subscribes[1]! - subscribes[0]! < 15_000, `asked again after ${subscribes[1]! - subscribes[0]!} ms`)
      ok(subscribes.length > 12 && subscribes.length < 30, `${subscribes.length} times in an hour`)
      equal(log.filter((line) => line.startsWith(told)).length, subscribes.length)
      broker.subscribeCode = 0
      await clock.run(310_000)
      const asked = subscribes.length
      broker.publish('/config/v2/1234567/1/ping', encodeUtf8('one'))
      await clock.run(3_600_000)
      deepEqual(received, ['/config/v2/1234567/1/ping one'])
      equal(subscribes.length, asked)
      equal(broker.connections, 1)
    })

  it('subscribes at once over the next connection, however often it was refused', async () => {
    const { clock, broker, session, received } = setUp()
    broker.subscribeCode = 0x80
    session.start('1234567')
    await clock.run(3_600_000)
    broker.subscribeCode = 0
    broker.cut()
    await clock.run(2_000)
    broker.publish('/config/v2/1234567/1/ping', encodeUtf8('one'))
    await clock.run(1_000)
    deepEqual(received, ['/config/v2/1234567/1/ping one'])
  })

  it('ends a connection over which the broker breaks the protocol, and loses nothing', async () => {
    for (const [packet, breakIt] of [
      ['connack', (options: MqttConnectOptions) => options.onConnected(false)],
      ['publish', (options: MqttConnectOptions) => options.onPublish('/config/v2/1234567/1/ping', encodeUtf8('early'))],
      ['pubrec', (options: MqttConnectOptions) => options.onControl('pubrec', 1)],
      ['suback', (options: MqttConnectOptions) => options.onSubscribed(1, 0)],
    ] as const) {
      const options: MqttConnectOptions[] = []
      const { clock, broker, session, received, log, push, delivered } = setUp(seededRandom(1), true, options)
      session.start('1234567')
      if (packet === 'connack') await clock.run(1_000)
      breakIt(options[0]!)
      push(3)
      await clock.run(10_000)
      ok(
        log.some((line) => line.startsWith(`mqtt: ${packet} while `)),
        log.join('\n'),
      )
      equal(broker.connections, 2)
      deepEqual(received, [])
      deepEqual(delivered(), texts(3))
    }
  })

  it('counts the end of a connection once, however often it is told', async () => {
    const opened: MqttConnectOptions[] = []
    const { clock, session, broker, log, push, delivered } = setUp(seededRandom(1), true, opened)
    session.start('1234567')
    await clock.run(1_000)
    broker.cut()
    for (let i = 0; i < 3; i++) opened[0]!.onClosed('and once more')
    session.abandon('and once more')
    equal(log.filter((line) => line.includes('next attempt in')).length, 1)
    push(3)
    await clock.run(60_000)
    deepEqual([broker.connections, delivered()], [2, texts(3)])
  })

  it('takes no acknowledgment for another message’s, and no PUBCOMP for a PUBREC', async () => {
    const options: MqttConnectOptions[] = []
    const { clock, broker, session, push, delivered } = setUp(seededRandom(1), true, options)
    session.start('1234567')
    await clock.run(1_000)
    broker.passing = false
    push(2)
    for (let id = 1; id < 0x10000; id++) options[0]!.onControl('pubcomp', id)
    broker.passing = true
    await clock.run(20_000)
    deepEqual(delivered(), texts(2))
  })

  it('leaves a will that says it is gone', async () => {
    const { clock, broker, session } = setUp()
    session.start('1234567')
    await clock.run(1_000)
    session.stop()
    deepEqual(broker.wills, ['/offline/v1/1234567'])
    await clock.run(60_000)
    equal(broker.connections, 1)
  })

  it('stays connected for a day without traffic', async () => {
    const { clock, broker, session } = setUp()
    session.start('1234567')
    await clock.run(86_400_000)
    ok(session.connected)
    equal(broker.connections, 1)
    ok(broker.packets > 2 * 24 * 120, 'no pings went out')
  })
})
