// node only
import { deepEqual, equal } from 'node:assert/strict'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { POWER_ON, testTwin } from '../support/twin.js'

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

describe('a message that somebody has recorded', () => {
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
