// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { POWER_ON, testTwin } from '../../twin/virtual.js'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE

describe('a day without the broker', () => {
  it('has all its 1,440 samples delivered afterwards, in order of time, while new ones are at most a period late', async () => {
    const { clock, broker, twin, online, messages } = testTwin()
    await online()
    broker.reachable = false
    broker.cut()
    const from = (POWER_ON + clock.now()) / 1000
    await clock.run(DAY)
    const until = (POWER_ON + clock.now()) / 1000
    broker.reachable = true
    broker.messages.length = 0
    await clock.run(60 * MINUTE)
    twin.close()
    const samples = messages('sample')
    const waited = samples.filter(({ time }) => time < until).map(({ time }) => time)
    equal(waited.length, 1_440)
    equal(new Set(waited).size, 1_440)
    deepEqual(
      waited,
      [...waited].sort((a, b) => a - b),
    )
    ok(waited[0]! - from <= 62 && until - waited.at(-1)! <= 62)
    const connected = (POWER_ON + messages()[0]!.at) / 1000
    ok(connected - until <= 20, `${connected - until} s`)
    const live = samples.filter(({ time }) => time >= connected)
    ok(live.length >= 59, `${live.length}`)
    const ages = live.map(({ time, at }) => (POWER_ON + at) / 1000 - time)
    ok(Math.max(...ages) <= 60, `${Math.max(...ages)} s`)
  })
})

describe('two days without Wi-Fi', () => {
  it('have all their samples delivered afterwards, though the device starts anew each day to help itself', async () => {
    let boots = 0
    const { clock, twin, online, messages } = testTwin({}, { onBoot: () => boots++ })
    await online()
    twin.wifi.setInRange(twin.wifi.home, false)
    await clock.run(2.2 * DAY)
    equal(boots, 3)
    twin.wifi.setInRange(twin.wifi.home, true)
    await clock.run(90 * MINUTE)
    twin.close()
    const times = messages('sample').map(({ time }) => time - POWER_ON / 1000)
    equal(new Set(times).size, times.length)
    times.sort((a, b) => a - b)
    const gaps = times.slice(1).filter((time, i) => time - times[i]! > 75)
    deepEqual(gaps, [])
  })
})

describe('what a power cut may not undo', () => {
  it('is that a command was here, even one that had no time to take effect', async () => {
    const { clock, broker, twin, envelope, online, ask } = testTwin({ AUTO_CLOSE: '0' })
    await online()
    const topic = `/config/v2/1234567/${Math.floor((POWER_ON + clock.now()) / 1000)}/open`
    const recorded = envelope.seal(topic, '1')
    broker.publish(topic, recorded)
    await clock.run(500)
    twin.powerCut(5_000)
    await clock.run(60_000)
    await ask('close')
    broker.publish(topic, recorded)
    await clock.run(5_000)
    equal(twin.ac1.level, 0)
  })

  it('is the time of the samples of a boot that has just learnt it', async () => {
    const { clock, broker, twin, messages } = testTwin()
    twin.time.silent = true
    broker.reachable = false
    twin.start()
    await clock.run(10 * MINUTE)
    twin.time.silent = false
    await clock.run(20_000)
    twin.powerCut(5_000)
    broker.reachable = true
    await clock.run(5 * MINUTE)
    ok(messages('sample').filter(({ time }) => time * 1000 < POWER_ON + 10 * MINUTE).length >= 10)
  })
})
