// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { runNetwork } from './network-run.js'
import { needsSdk, sdkModules } from './sdk-modules.js'

const IMPORTS = `import Net from 'net'
import Time from 'time'
import TCP from 'embedded:io/socket/tcp'
import MQTTClient from 'embedded:network/mqtt/client'
const now = () => Math.round(Time.ticks / 100) / 10
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const text = (buffer) => String.fromCharCode(...new Uint8Array(buffer))
class Resolver { resolve({ host, onResolved, onError }) { Net.resolve(host, (name, address) => address ? onResolved(name, address) : onError()) } }
/** A client that traces what it is told. */
const connect = (more = {}) => {
  const client = new MQTTClient({
    host: 'broker', id: 'device', clean: false, keepAlive: 60_000,
    dns: { io: Resolver },
    socket: { io: TCP, nodelay: true },
    onControl(message) { say(now(), JSON.stringify(message)) },
    onReadable(count, options) { say('readable', count, options, text(this.read(count))) },
    onError() { say(now(), 'error') },
    ...more,
  })
  return client
}`

const CONNACK = '{"operation":2,"returnCode":0}'

for (const [kind, replaced] of [
  ['the stand-in', () => ({})],
  ['the SDK’s own', sdkModules],
] as const)
  describe(`the MQTT client, ${kind}`, function () {
    needsMachine(this)
    before(function () {
      if (replaced === sdkModules) needsSdk(this)
    })

    const run = (main: string, script: string) => runNetwork(IMPORTS, main, script, replaced())

    it('logs in, delivers exactly once what the device releases, and is told of the rest', async () => {
      const { traced, result } = await run(
        `join(() => {
    const client = connect({
      user: 'u', password: 'p', will: { topic: '/offline', message: '' },
      onControl(message) {
        say(JSON.stringify(message))
        if (message.operation !== MQTTClient.CONNACK) return
        say(client.write(null, { operation: MQTTClient.SUBSCRIBE, id: 1, items: [{ topic: '/config/#', QoS: 0 }] }))
        say(client.write(bytes('payload'), { id: 7, topic: '/a', QoS: 2 }))
        client.write(bytes('again'), { id: 7, topic: '/a', QoS: 2, duplicate: true })
        client.write(bytes('a piece'), { id: 9, topic: '/long', QoS: 0, byteLength: 10 })
        client.write(bytes('end'))
        client.write(null, { operation: MQTTClient.PINGREQ })
      },
    })
    say(attempt(() => client.write(bytes('x'), {})))
  })
  Timer.set(() => say(attempt(() => connect({ host: '' }))), 100)`,
        `await clock.run(10_000)
  broker.publish('/config/x', bytes('a command'))
  await clock.run(1_000)
  return [broker.messages.map(({ topic, payload }) => [topic, text(payload)]), broker.received, { ...broker.logins[0], will: broker.logins[0].will.topic }, broker.wills]`,
      )
      deepEqual(result, [
        [
          ['/long', 'a pieceend'],
          ['/a', 'payload'],
        ],
        [1, 8, 3, 3, 3, 12, 6, 6],
        { id: 'device', user: 'u', password: 'p', clean: false, keepAlive: 60, will: '/offline' },
        [],
      ])
      deepEqual(traced, [
        'Error: host required',
        'TypeError: cannot coerce undefined to object',
        CONNACK,
        '8168',
        '8153',
        '{"operation":9,"id":1,"payload":[0]}',
        '{"operation":5,"id":7}',
        '{"operation":5,"id":7}',
        '{"operation":13}',
        '{"operation":7,"id":7}',
        '{"operation":7,"id":7}',
        'readable 9 {"topic":"/config/x","byteLength":9,"QoS":0,"more":false} a command',
      ])
    })

    it('takes a subscription back', async () => {
      const { traced, result } = await run(
        `join(() => {
    const client = connect({
      onControl(message) {
        say(JSON.stringify(message))
        const items = [{ topic: '/config/#' }]
        if (message.operation === MQTTClient.CONNACK) client.write(null, { operation: MQTTClient.SUBSCRIBE, id: 1, items })
        if (message.operation === MQTTClient.SUBACK) client.write(null, { operation: MQTTClient.UNSUBSCRIBE, id: 2, items })
      },
    })
  })`,
        `await clock.run(10_000)
  broker.publish('/config/x', bytes('a command'))
  await clock.run(1_000)
  return broker.received`,
      )
      deepEqual(result, [1, 8, 10])
      deepEqual(traced, [CONNACK, '{"operation":9,"id":1,"payload":[0]}', '{"operation":11,"id":2}'])
    })

    it('passes on the slices that TCP has, and goes on when they are read', async () => {
      const { traced } = await run(
        `join(() => connect({
    onReadable(count, options) {
      say(now(), count, options, text(this.read(count)))
    },
  }))`,
        `await clock.run(4_000)
  broker.sendBytes(Uint8Array.of(0x30, 12, 0, 2, 47, 97, ...bytes('abc')))
  await clock.run(1_000)
  broker.sendBytes(bytes('defg'))
  await clock.run(1_000)
  broker.sendBytes(Uint8Array.of(104, 0xd0, 0, 0x30, 5, 0, 2, 47, 98, 120))
  await clock.run(1_000)`,
      )
      deepEqual(traced, [
        `3.1 ${CONNACK}`,
        '4 3 {"topic":"/a","byteLength":8,"QoS":0,"more":true} abc',
        '5 4 {"more":true} defg',
        '6 1 {"more":false} h',
        '6 {"operation":13}',
        '6 1 {"topic":"/b","byteLength":1,"QoS":0,"more":false} x',
      ])
    })

    it('waits with what is not read yet', async () => {
      const { traced } = await run(
        `join(() => connect({
    onReadable(count, options) {
      say(now(), count, options)
      const rest = new Uint8Array(9)
      Timer.set(() => say(now(), text(this.read(2)), this.read(rest), text(rest.slice(0, 1)), attempt(() => this.read())), 1_000)
    },
  }))`,
        `await clock.run(4_000)
  broker.sendBytes(Uint8Array.of(0x30, 7, 0, 2, 47, 97, ...bytes('abc'), 0xd0, 0))
  await clock.run(3_000)`,
      )
      deepEqual(traced.slice(1), [
        '4 3 {"topic":"/a","byteLength":3,"QoS":0,"more":false}',
        // What comes next is TCP's to read, not the message's.
        '5 ab 1 c Error: invalid',
        '5 {"operation":13}',
      ])
    })

    it('stops for good at a message without payload', async () => {
      const { traced } = await run(
        'join(() => connect())',
        `await clock.run(4_000)
  broker.publish('/config', bytes(''))
  broker.sendBytes(Uint8Array.of(0x30, 4, 0, 2, 47, 97))
  await clock.run(1_000)
  broker.sendBytes(Uint8Array.of(0xd0, 0, 0xd0, 0))
  await clock.run(200_000)`,
      )
      // Nothing is heard any more, so that its own pings find no answer.
      deepEqual(traced.slice(1), ['mqttClient error: time out', '93.1 error'])
    })

    it('throws where the topic is not UTF-8', async () => {
      const { aborts } = await run(
        'join(() => connect())',
        `await clock.run(4_000)
  broker.sendBytes(Uint8Array.of(0x30, 4, 0, 1, 0xff, 97))
  await clock.run(100)`,
      )
      deepEqual(aborts, ['tcp: unhandled exception: TypeError: invalid UTF-8'])
    })

    it('refuses what is not MQTT, and what does not fit', async () => {
      const { traced } = await run(
        `join(() => {
    const client = connect({ onControl() {}, onWritable(count) { say('room', count) } })
    Timer.set(() => {
      say(attempt(() => client.write(new Uint8Array(8_300), { id: 1, topic: '/a', QoS: 0 })))
      say(client.write(new Uint8Array(8_170), { id: 1, topic: '/a', QoS: 0 }))
      say(attempt(() => client.write(bytes('x'), { topic: '/long enough/to/be/no/fit' })))
      say(attempt(() => client.write(null, { operation: 99 })))
    }, 500)
  })`,
        `await clock.run(4_000)
  broker.sendBytes(Uint8Array.of(0xf0, 0))
  await clock.run(100)`,
      )
      deepEqual(traced, [
        'room 8164',
        'room 8184',
        'Error: overflow',
        '7',
        'Error: overflow',
        'Error: unknown',
        'room 8184',
        'mqttClient error: invalid operation',
        '4 error',
      ])
    })

    it('tells of a refusal, and stumbles over what comes behind it', async () => {
      const { traced, aborts } = await run(
        `join(() => connect())`,
        `broker.returnCode = 5
  await clock.run(4_000)
  broker.returnCode = 0
  broker.tcp.set(1883, (end) => ({
    onData(data) { end.consume(data.length); send(String.fromCharCode(0x20, 2, 0, 5, 0xd0, 0), end); return true },
    onFin() {},
    onAbort() {},
  }))
  hardware.restart(3)
  await clock.run(4_000)`,
      )
      deepEqual(traced.slice(0, 2), ['mqttClient error: connection rejected', '3.1 error'])
      equal(aborts.length, 1)
      ok(aborts[0]!.startsWith('tcp: unhandled exception: '), aborts[0])
    })

    it('gives up after 30 seconds without a connection, and when its second ping would wait with the first', async () => {
      const { traced, result } = await run(
        `class Silent { close() {} }
  join(() => {
    connect({ socket: { io: Silent }, onError() { say(now(), 'no connection') } })
    connect({ onControl() { say('never') } })
  })`,
        `broker.answering = false
  await clock.run(200_000)
  return broker.received`,
      )
      deepEqual(traced, ['mqttClient error: unknown', '33 no connection', 'mqttClient error: time out', '63.1 error'])
      // It pings although nobody has let it in; the ping waits until then.
      deepEqual(result, [1])
    })

    it('pings before three quarters of the keep-alive are over, whatever else it sends', async () => {
      const { result } = await run(
        `join(() => {
    const client = connect({ onControl({ operation }) {
      if (operation === MQTTClient.CONNACK) Timer.repeat(() => client.write(bytes('x'), { topic: '/a' }), 10_000)
    } })
  })`,
        `const pings = []
  for (let i = 0; i < 200; i++) {
    const before = broker.received.filter((type) => type === 12).length
    await clock.run(1_000)
    if (broker.received.filter((type) => type === 12).length > before) pings.push(Math.round(clock.now() / 1_000))
  }
  return pings`,
      )
      deepEqual(result, [49, 94, 139, 184])
    })

    it('says nothing more once it was closed, within a callback or not', async () => {
      const { traced, result } = await run(
        `join(() => {
    const client = connect({
      will: { topic: '/offline', message: '' },
      onControl({ operation }) {
        say(operation)
        if (operation !== MQTTClient.PUBREC) return client.write(bytes('x'), { id: 3, topic: '/a', QoS: 2 })
        this.close()
        this.close()
        say(attempt(() => this.write(bytes('x'), {})))
      },
    })
  })`,
        `await clock.run(10_000)
  return [broker.received, broker.messages.length, broker.wills]`,
      )
      deepEqual(traced.slice(0, 2), ['2', '5'])
      ok(traced[2]!.startsWith('TypeError: '))
      deepEqual(result, [[1, 3], 0, ['/offline']])
    })

    it('is closed by itself when the connection ends, and tells of a name that is none', async () => {
      const { traced } = await run(
        `join(() => connect({ onError() { say(now(), 'error', attempt(() => this.write(bytes('x'), {}))) } }))
  Timer.set(() => connect({ host: 'nobody' }), 10_000)`,
        `await clock.run(4_000)
  broker.hangUp()
  await clock.run(10_000)`,
      )
      deepEqual(traced.slice(1), ['mqttClient error: unknown', traced[2]!, 'mqttClient error: unknown', '10 error'])
    })
  })
