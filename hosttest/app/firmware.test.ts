// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { POWER_ON, testTwin } from '../../twin/virtual.js'
import { HOST } from '../support/host-texts.js'

const MINUTE = 60_000
const SAMPLE =
  /^heap=21376&t1=[0-9.]+ C&t2=[0-9.]+ C&tdif=[0-9.]+ K&flow1=[0-9]+ l\/h&effect1=[0-9.]+ kW&hr=[0-9]+ h&v1=[0-9.]+ m3&e1=[0-9.]+ MWh&$/

describe('the firmware after power-on', () => {
  it('publishes a sample within 5 s, and one every minute from then on', async () => {
    const { clock, twin, messages } = testTwin()
    twin.start()
    await clock.run(5_000)
    ok(messages('sample').length >= 1)
    await clock.run(10 * MINUTE)
    const samples = messages('sample')
    ok(samples.length >= 11, `${samples.length} samples in 10 minutes`)
    for (const sample of samples) {
      match(sample.text, SAMPLE)
      equal(sample.serial, '1234567')
    }
    const regular = samples.slice(2)
    regular.forEach((sample, i) => {
      if (i > 0) equal(sample.time - regular[i - 1]!.time, 60)
    })
  })

  it('announces itself in the original order', async () => {
    const { clock, twin, messages } = testTwin()
    twin.start()
    await clock.run(20_000)
    const announced = messages().filter((message) => message.kind !== 'sample')
    deepEqual(
      announced.map((message) => message.kind),
      ['version', 'uptime', 'reset_reason', 'status'],
    )
    equal(announced[0]!.text, `${HOST.version}-KMP-THERMO_NC-DEBUG_STACK_TRACE`)
    equal(
      announced[2]!.text,
      'reason=0&exccause=0&epc1=0x00000000&epc2=0x00000000&epc3=0x00000000&excvaddr=0x00000000&depc=0x00000000',
    )
  })

  it('gives what it read before the time was known its true time, and publishes nothing before', async () => {
    let answer: (unix: number) => void = () => {}
    const { clock, twin, broker, messages } = testTwin(
      {},
      { queryTime: () => new Promise((resolve) => (answer = resolve)) },
    )
    twin.start()
    await clock.run(10 * MINUTE)
    equal(broker.messages.length, 0)
    answer(POWER_ON + clock.now())
    await clock.run(MINUTE)
    const times = messages('sample')
      .map((sample) => sample.time - POWER_ON / 1000)
      .sort((a, b) => a - b)
    ok(times[0]! <= 2, `first sample after ${times[0]} s`)
    ok(times.length >= 11)
    deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    )
  })
})

describe('a broker that refuses the subscription', () => {
  it('gets the samples, and is asked again until commands get through', async () => {
    const { clock, broker, ask, messages, online } = testTwin()
    broker.subscribeCode = 0x80
    await online()
    deepEqual(await ask('ping'), [])
    await clock.run(2 * MINUTE)
    ok(messages('sample').length >= 3)
    broker.subscribeCode = 0
    await clock.run(2 * MINUTE)
    deepEqual(await ask('ping'), ['ping'])
    equal(broker.connections, 1)
  })
})

describe('the uptime', () => {
  it('runs on evenly when the clock is set, and when it is set back', async () => {
    let unix = POWER_ON
    const { clock, twin } = testTwin({}, { queryTime: () => Promise.resolve(unix) })
    twin.start()
    await clock.run(30_000)
    equal(twin.firmware.uptime(), 30)
    unix = POWER_ON - 86_400_000
    await clock.run(3_600_000)
    equal(twin.firmware.uptime(), 3_630)
    unix = POWER_ON + 10 * 86_400_000
    await clock.run(3_600_000)
    equal(twin.firmware.uptime(), 7_230)
  })
})

describe('a meter that is silent at power-up', () => {
  it('does not keep the device from the network: SERIAL names it until the meter answers', async () => {
    const { clock, twin, broker, messages } = testTwin({ SERIAL: '42' }, { meterSerial: 7654321 })
    twin.line.faults.silent = true
    twin.start()
    await clock.run(60_000)
    equal(twin.serial, '0000042')
    ok(messages('version').length === 1 && messages('sample').length === 0)
    twin.line.faults.silent = false
    await clock.run(60_000)
    equal(twin.serial, '7654321')
    ok(messages('sample').every((sample) => sample.serial === '7654321'))
    ok(messages('sample').length >= 1)
    deepEqual(broker.wills, ['/offline/v1/0000042'])
  })

  it('is named by the serial number it had before', async () => {
    const storage = new MemoryStorage()
    const first = testTwin({}, { storage, meterSerial: 7654321 })
    first.twin.start()
    await first.clock.run(10_000)
    first.twin.close()
    const second = testTwin({}, { storage, meterSerial: 7654321 })
    second.twin.line.faults.silent = true
    second.twin.start()
    await second.clock.run(30_000)
    equal(second.twin.serial, '7654321')
    equal(second.messages('version').length, 1)
  })

  it('costs no flash write when it answers as before', async () => {
    const storage = new MemoryStorage()
    const boot = async () => {
      const { clock, twin } = testTwin({}, { storage })
      twin.start()
      await clock.run(10 * MINUTE)
      twin.close()
      return storage.writes('settings')
    }
    const writes = await boot()
    await boot()
    equal(await boot(), writes)
  })
})

describe('a flash that fails', () => {
  it('is told once the device has a name, and never without one', async () => {
    const { clock, twin, broker, messages } = testTwin()
    twin.firmware.onFlashError({ calculated: 1, saved: 2 })
    twin.start()
    await clock.run(10_000)
    twin.firmware.onFlashError({ calculated: 3, saved: 4 })
    await clock.run(1_000)
    deepEqual(
      messages('flash_error').map(({ serial, text }) => [serial, text]),
      [['1234567', 'calculated_crc=0x3&saved_crc=0x4']],
    )
    ok(broker.messages.every(({ topic }) => !topic.includes('//')))
  })
})

describe('a line that is disturbed', () => {
  it('is read again within two periods after the disturbance ends', async () => {
    const { clock, twin, messages } = testTwin()
    twin.start()
    await clock.run(MINUTE)
    for (const fault of [{ silent: true }, { echo: true, noise: 0.3 }, { noise: 1 }]) {
      Object.assign(twin.line.faults, fault)
      await clock.run(5 * MINUTE)
      Object.assign(twin.line.faults, { silent: false, echo: false, noise: 0 })
      const before = messages('sample').length
      await clock.run(2 * MINUTE)
      ok(messages('sample').length > before, JSON.stringify(fault))
    }
  })

  it('gives only true samples, however noisy', async () => {
    const { clock, twin, messages } = testTwin()
    twin.line.faults.noise = 0.005
    twin.line.faults.echo = true
    twin.start()
    await clock.run(24 * 60 * MINUTE)
    const samples = messages('sample')
    ok(samples.length > 1000, `${samples.length} samples in a day`)
    for (const sample of samples) match(sample.text, SAMPLE)
  })
})

describe('an outage', () => {
  it('of Wi-Fi for an hour loses and doubles nothing', async () => {
    const { clock, twin, messages } = testTwin()
    twin.start()
    await clock.run(5.5 * MINUTE)
    twin.wifi.inRange = false
    await clock.run(60 * MINUTE)
    twin.wifi.inRange = true
    await clock.run(5 * MINUTE)
    checkEveryMinute(
      messages('sample')
        .map((sample) => sample.time)
        .sort(),
    )
  })

  it('of the broker for an hour loses and doubles nothing', async () => {
    const { clock, twin, broker, messages } = testTwin()
    twin.start()
    await clock.run(5.5 * MINUTE)
    broker.reachable = false
    broker.forget()
    await clock.run(60 * MINUTE)
    broker.reachable = true
    await clock.run(5 * MINUTE)
    checkEveryMinute(
      messages('sample')
        .map((sample) => sample.time)
        .sort(),
    )
  })

  /** A sample for every minute; one more where the device has just connected. */
  function checkEveryMinute(times: readonly number[]): void {
    equal(new Set(times).size, times.length, 'a sample came twice')
    ok(times.length > 60)
    for (let i = 1; i < times.length; i++) {
      const gap = times[i]! - times[i - 1]!
      ok(gap > 0 && gap <= 62, `${gap} s between two samples`)
    }
  }
})

describe('a command', () => {
  it('is answered', async () => {
    const { clock, twin, messages, send } = testTwin()
    twin.start()
    await clock.run(30_000)
    const before = messages().length
    send('ping')
    send('uptime')
    send('version')
    await clock.run(2_000)
    deepEqual(
      messages()
        .slice(before)
        .map(({ kind, text }) => `${kind} ${text}`),
      ['ping ', 'uptime 30', `version ${HOST.version}-KMP-THERMO_NC-DEBUG_STACK_TRACE`],
    )
  })

  it('is refused under another key, for another device and outside half an hour', async () => {
    const { clock, twin, messages, send, log } = testTwin()
    twin.start()
    await clock.run(30_000)
    const before = messages().length
    const now = Math.floor((POWER_ON + clock.now()) / 1000)
    send('ping', '1', { from: new Envelope(nodeCrypto, new Uint8Array(16)) })
    send('ping', '1', { serial: '7654321' })
    send('ping', '1', { time: now - 1802 })
    send('ping', '1', { time: now + 1802 })
    await clock.run(2_000)
    equal(messages().length, before)
    equal(log.filter((line) => line.startsWith('command refused')).length, 3)
  })
})

describe('without a meter', () => {
  it('DEBUG_NO_METER makes samples up', async () => {
    const { clock, twin, messages } = testTwin({ DEBUG_NO_METER: '1' })
    twin.start()
    await clock.run(10_000)
    match(messages('sample')[0]!.text, /^heap=21376&t1=[0-9.]+ C&.*e1=[0-9]+ kWh&$/)
  })
})
