// node only
import { deepEqual, equal } from 'node:assert/strict'
import { asks, does, moves, sets } from '../../modules/control/device.js'
import { type CommandHost, CommandReceiver } from '../../modules/control/receiver.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { ReplayGuard } from '../../modules/mqttcrypto/replay-guard.js'
import type { CryptoPort } from '../../modules/ports/crypto.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { POWER_ON, testTwin } from '../../twin/virtual.js'
import { testClock } from '../support/clock.js'

/** What the server asks for every ten minutes. */
const POLL = [
  'version',
  'status',
  'uptime',
  'ssid',
  'rssi',
  'wifi_status',
  'ap_status',
  'reset_reason',
  'network_quality',
  'ping',
]

describe('a burst of commands', () => {
  it('of ten, 20 ms apart, is answered whole and in order', async () => {
    const { clock, online, messages, send } = testTwin()
    const device = { clock, online, messages, send }
    await device.online()
    const before = messages().length
    for (const name of POLL) {
      send(name)
      await clock.run(20)
    }
    await clock.run(2_000)
    deepEqual(
      messages()
        .slice(before)
        .map(({ kind }) => kind),
      POLL,
    )
  })

  it('of fifty at once is answered whole and in order', async () => {
    const { clock, online, messages, send } = testTwin()
    await online()
    const before = messages().length
    const names = Array.from({ length: 50 }, (_, i) => POLL[i % POLL.length]!)
    for (const name of names) send(name)
    await clock.run(5_000)
    deepEqual(
      messages()
        .slice(before)
        .map(({ kind }) => kind),
      names,
    )
  })
})

describe('a command that changes something', () => {
  it('is done in a turn of its own, and what comes after it waits: a question hears of the change', async () => {
    const clock = testClock()
    const done: string[] = []
    let setting = 'old'
    const envelope = new Envelope(nodeCrypto, new Uint8Array(16))
    const receiver = new CommandReceiver(
      {
        clock,
        envelope,
        guard: new ReplayGuard(new MemoryStorage(), { clock }),
        commands: {
          get: asks(() => void done.push(`get ${setting}`)),
          set: sets((_device, _reply, payload) => {
            setting = payload
            done.push(`set ${payload}`)
          }),
        },
        wallClock: { now: () => 1_800_000_000 },
        log() {},
      },
      { serial: '1234567', numbers: () => ['1234567'] } as Partial<CommandHost> as CommandHost,
    )
    const send = (name: string, payload = '') => {
      const topic = `/config/v2/1234567/1800000000/${name}`
      receiver.onMessage(topic, envelope.seal(topic, payload))
    }
    send('get')
    deepEqual(done, ['get old'])
    send('set', 'new')
    send('get')
    clock.set(() => done.push('the rest of the device'), 0)
    send('set', 'newer')
    send('get')
    deepEqual(done, ['get old'])
    await clock.run(1)
    deepEqual(done, ['get old', 'set new', 'the rest of the device', 'get new', 'set newer', 'get newer'])
    send('set', 'too late')
    receiver.close()
    await clock.run(1)
    deepEqual([setting, done.length], ['newer', 6])
  })
})

describe('a message that somebody has recorded', () => {
  it('is refused before anything is deciphered', () => {
    let deciphered = 0
    const crypto = {
      ...nodeCrypto,
      aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array) {
        deciphered++
        return nodeCrypto.aesCbcDecrypt(key, iv, blocks)
      },
    }
    const envelope = new Envelope(crypto, new Uint8Array(16))
    const done: string[] = []
    const receiver = new CommandReceiver(
      {
        clock: testClock(),
        envelope,
        guard: new ReplayGuard(new MemoryStorage(), { clock: testClock() }),
        commands: { ping: asks((_device, _reply, text) => void done.push(text)) },
        wallClock: { now: () => 1_800_000_000 },
        log() {},
      },
      { serial: '1234567', numbers: () => ['1234567'] } as Partial<CommandHost> as CommandHost,
    )
    const topic = '/config/v2/1234567/1800000000/ping'
    const recorded = envelope.seal(topic, 'x')
    for (let i = 0; i < 5; i++) receiver.onMessage(topic, recorded)
    deepEqual(done, ['x'])
    equal(deciphered, 1)
  })

  it('neither acts nor is answered when it is sent again', async () => {
    const { clock, broker, twin, envelope, online, messages, ask } = testTwin({ AUTO_CLOSE: '0' })
    await online()
    const topic = `/config/v2/1234567/${Math.floor((POWER_ON + clock.now()) / 1000)}/open_until`
    const recorded = envelope.seal(topic, '60000')
    broker.publish(topic, recorded)
    await clock.run(1_000)
    equal(twin.ac1.level, 1)
    await ask('close')
    const before = messages().length
    for (let i = 0; i < 20; i++) {
      broker.publish(topic, recorded)
      await clock.run(60_000)
    }
    equal(twin.ac1.level, 0)
    equal(messages('open_until').length, 1)
    equal(
      messages()
        .slice(before)
        .filter(({ kind }) => kind !== 'sample').length,
      0,
    )
  })

  it('is remembered in flash before it is done, and a question later', async () => {
    const { online, send, clock, storage, twin } = testTwin({ AUTO_CLOSE: '0' })
    await online()
    let remembered: number | undefined
    twin.ac1.onChange = () => {
      remembered = storage.writes('tags')
    }
    send('ping')
    await clock.run(1_000)
    equal(storage.writes('tags'), 0)
    send('open')
    await clock.run(1_000)
    equal(remembered, 1)
  })

  it('neither acts nor is answered after a restart or a power cut', async () => {
    for (const end of ['restart', 'power cut'] as const) {
      const storage = new MemoryStorage()
      const first = testTwin({ AUTO_CLOSE: '0' }, { storage })
      await first.online()
      const topic = `/config/v2/1234567/${Math.floor((POWER_ON + first.clock.now()) / 1000)}/open`
      const recorded = first.envelope.seal(topic, '1')
      first.broker.publish(topic, recorded)
      await first.clock.run(3_000)
      await first.ask('close')
      await first.clock.run(3_000)
      if (end === 'restart') first.twin.close()
      const second = testTwin({ AUTO_CLOSE: '0' }, { storage, unix: POWER_ON + first.clock.now() })
      await second.online()
      second.broker.publish(topic, recorded)
      await second.clock.run(3_000)
      equal(second.twin.ac1.level, 0, end)
    }
  })
})

describe('a message that is not in order', () => {
  const NOW = 1_800_000_000
  const KEY = new Uint8Array(16).fill(7)

  function setUp(now: number | 'not set' = NOW) {
    const log: string[] = []
    const done: string[] = []
    const envelope = new Envelope(nodeCrypto, KEY)
    const clock = testClock()
    const host = {
      serial: '1234567',
      numbers: () => ['1234567', '11111111'],
      publish: (name: string, text: string, serial: string) => done.push(`${serial} ${name} ${text}`),
    }
    const options = {
      clock,
      envelope,
      guard: new ReplayGuard(new MemoryStorage(), { clock: testClock() }),
      commands: {
        ping: asks((_device, reply, payload) => reply(payload)),
        open_until: moves((_device, reply) => reply('open', 'status')),
        restart: does((device) => device.restart()),
      },
      wallClock: { now: () => (now === 'not set' ? undefined : now) },
      log: (text: string) => log.push(text),
    }
    const receiver = new CommandReceiver(options, host as unknown as CommandHost)
    const send = (topic: string, message = envelope.seal(topic, '1')) => receiver.onMessage(topic, message)
    return { send, log, done }
  }

  it('does nothing, and the log says why', () => {
    const stranger = new Envelope(nodeCrypto, new Uint8Array(16).fill(8))
    const ping = `/config/v2/1234567/${NOW}/ping`
    const { send, log, done } = setUp()
    send(ping, stranger.seal(ping, '1'))
    send(ping, new Uint8Array(64))
    send(ping, new Uint8Array(3))
    send('/config/v2/1234567/ping')
    send(`/config/v2/1234567/${NOW - 1801}/ping`)
    send(`/config/v2/1234567/${NOW}/pong`)
    deepEqual(log, [
      'command refused: hmac: topic, IV or ciphertext do not match the tag, or the key is another',
      'command refused: hmac: topic, IV or ciphertext do not match the tag, or the key is another',
      'command refused: length: expected at least 64 bytes, got 3',
      'command refused: topic: expected /config/v2/<serial>/<time>/<command>',
      `command refused: ping of ${NOW - 1801} is old or was here before; the time is ${NOW}`,
      'command unknown in this build: pong',
    ])
    deepEqual(done, [])
  })

  it('is one whose text is not padded as it should be, though it is signed', () => {
    const ping = `/config/v2/1234567/${NOW}/ping`
    const aesCbcEncrypt: CryptoPort['aesCbcEncrypt'] = (key, iv, padded) =>
      nodeCrypto.aesCbcEncrypt(key, iv, padded.fill(0))
    const { send, log, done } = setUp()
    send(ping, new Envelope({ ...nodeCrypto, aesCbcEncrypt }, KEY).seal(ping, '1'))
    deepEqual(log, ['command refused: padding: expected PKCS#7 padding after at least one byte'])
    deepEqual(done, [])
  })

  it('is one for another number, version or level, whatever it is sealed for', () => {
    const { send, log, done } = setUp()
    send(`/config/v2/7654321/${NOW}/ping`)
    send(`/config/v2/01234567/${NOW}/ping`)
    send(`/config/v2/234567/${NOW}/ping`)
    send(`/config/v1/1234567/${NOW}/ping`)
    send(`/sample/v2/1234567/${NOW}/ping`)
    send(`/config/v2/1234567/0x${NOW.toString(16)}/ping`)
    send(`/config/v2/1234567/${NOW}/x/ping`)
    send(`/config/v2/1234567/${NOW}/ping/`)
    deepEqual(log, [
      'command refused: 7654321 is no number of this device',
      'command refused: 01234567 is no number of this device',
      'command refused: 234567 is no number of this device',
      'command refused: version: expected v2, got v1',
      'command refused: topic: expected /config/v2/<serial>/<time>/<command>',
      `command refused: time: expected decimal digits, got 0x${NOW.toString(16)}`,
      'command refused: topic: expected /config/v2/<serial>/<time>/<command>',
      'command refused: topic: expected /config/v2/<serial>/<time>/<command>',
    ])
    deepEqual(done, [])
  })

  it('is one for a radio meter that would change the device', () => {
    const { send, log, done } = setUp()
    send(`/config/v2/11111111/${NOW}/restart`)
    send(`/config/v2/11111111/${NOW}/ping`)
    send(`/config/v2/11111111/${NOW}/open_until`)
    deepEqual(done, ['11111111 ping 1', '11111111 open_until 1.000', '11111111 status open'])
    equal(log[0], "command refused: restart is for the device's own number, not for that of the radio meter 11111111")
  })

  it('is one that comes before the clock is set, or again', () => {
    const ping = `/config/v2/1234567/${NOW}/ping`
    const early = setUp('not set')
    early.send(ping)
    deepEqual(early.done, [])
    deepEqual(early.log, [`command refused: ping of ${NOW} is old or was here before; the time is not set`])
    const { send, log, done } = setUp()
    const message = new Envelope(nodeCrypto, KEY).seal(ping, '1')
    send(ping, message)
    send(ping, message)
    deepEqual(done, ['1234567 ping 1'])
    deepEqual(log, ['command ping', `command refused: ping of ${NOW} is old or was here before; the time is ${NOW}`])
  })
})
