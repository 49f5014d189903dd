import { deepEqual, equal, ok } from 'node:assert/strict'
import { commandTopic } from '../../modules/delivery/topics.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../../twin/virtual.js'
import { FAR_TIMES, secondsOf } from '../support/times.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const LEAD = 20 * MINUTE

/** A twin that was switched on at this time and is online. */
async function twinAt(unix: number, flags: Record<string, string> = {}) {
  const device = testTwin({ AUTO_CLOSE: '0', ...flags }, { unix })
  await device.online()
  return device
}

type Device = Awaited<ReturnType<typeof twinAt>>

/** Seconds from power-on to each sample, by the times in the topics, in order of these. */
function sampleTimes({ messages }: Device, unix: number): number[] {
  return messages('sample')
    .map(({ time }) => time - unix / 1000)
    .sort((a, b) => a - b)
}

/** A sample for every minute from power-on until now, or at least every `longest` seconds, and none twice. */
function checkSamples(device: Device, unix: number, longest = 62): void {
  const times = sampleTimes(device, unix)
  const now = device.clock.now() / 1000
  equal(new Set(times).size, times.length, 'a sample came twice')
  ok(times[0]! >= 0 && times[0]! < 5, `first ${times[0]}`)
  ok(times.at(-1)! <= now && times.at(-1)! > now - 62, `last ${times.at(-1)}`)
  const gaps = times.slice(1).map((time, i) => time - times[i]!)
  ok(Math.max(...gaps) <= longest, `${Math.max(...gaps)} s between two samples`)
}

/** Sends the same `ping` of this time thrice; how often it is answered. */
async function pings({ broker, clock, envelope, messages, twin }: Device, time: number): Promise<number> {
  const before = messages('ping').length
  const topic = commandTopic(twin.serial, time, 'ping')
  const message = envelope.seal(topic, '1')
  for (let i = 0; i < 3; i++) {
    broker.publish(topic, message)
    await clock.run(SECOND)
  }
  return messages('ping').length - before
}

describe('the firmware, where 32 bits of seconds come to their end', () => {
  for (const time of FAR_TIMES) {
    const end = secondsOf(time)
    const unix = end * 1000 - LEAD
    const now = ({ clock }: Device) => Math.floor((unix + clock.now()) / 1000)

    it(`publishes a sample a minute under its time, and what it was asked under the time of the answer, around ${time}`, async () => {
      const device = await twinAt(unix)
      for (let minute = 0; minute < 40; minute++) {
        await device.clock.run(MINUTE - 500)
        deepEqual(await device.ask('ping'), ['ping'])
        const answer = device.messages('ping').at(-1)!
        ok(now(device) - answer.time <= 1, `${answer.time}`)
      }
      checkSamples(device, unix)
    })

    it(`does what was sent at most half an hour ago or ahead, once, around ${time}`, async () => {
      const device = await twinAt(unix)
      for (let i = 0; i < 5; i++) {
        for (const seconds of [-1790, 0, 1790]) equal(await pings(device, now(device) + seconds), 1)
        for (const seconds of [-1810, 1810]) equal(await pings(device, now(device) + seconds), 0)
        await device.clock.run(LEAD / 2)
      }
    })

    it(`loses and doubles nothing over ${time} without the broker, and over a restart and a power cut`, async () => {
      const device = await twinAt(unix)
      const { broker, clock, twin, send } = device
      broker.reachable = false
      broker.forget()
      await clock.run(LEAD / 2 - clock.now())
      broker.reachable = true
      await clock.run(10 * SECOND)
      twin.wifi.inRange = false
      await clock.run(LEAD - 5 * SECOND - clock.now())
      twin.powerCut(2 * SECOND)
      twin.wifi.inRange = true
      await clock.run(3 * MINUTE)
      twin.time.silent = true
      send('restart')
      await clock.run(3 * MINUTE)
      twin.wifi.inRange = false
      await clock.run(5 * MINUTE)
      twin.wifi.inRange = true
      await clock.run(25 * MINUTE)
      checkSamples(device, unix, 90)
    })

    it(`does no command a second time over a restart around ${time}`, async () => {
      const device = await twinAt(unix)
      const { broker, clock, envelope, log, twin } = device
      const sent: [string, Uint8Array][] = []
      for (let i = 0; i < 4; i++) {
        const topic = commandTopic(twin.serial, now(device) + 1700, i % 2 === 0 ? 'open' : 'close')
        sent.push([topic, envelope.seal(topic, '1')])
        broker.publish(...sent.at(-1)!)
        // The valve's state is in flash by then.
        await clock.run(3 * SECOND)
        equal(twin.ac1.level, i % 2 === 0 ? 1 : 0)
        twin.powerCut(SECOND)
        await clock.run(10 * MINUTE)
        for (const message of sent) broker.publish(...message)
        await clock.run(SECOND)
        equal(twin.ac1.level, i % 2 === 0 ? 1 : 0)
      }
      equal(log.filter((line) => line.startsWith('command refused: ')).length, 1 + 2 + 3 + 4)
    })
  }

  it('delivers what a device had not delivered when it was put away, under its time, decades later', async () => {
    const storage = new MemoryStorage()
    const flash = new SimulatedFlash({ sectors: 192 })
    let before: number | undefined
    for (const time of ['2037-12-31T23:00:00Z', '2105-12-31T23:00:00Z', '2110-01-01T00:00:00Z']) {
      const unix = secondsOf(time)
      const { clock, broker, messages, online, twin } = testTwin({}, { unix: unix * 1000, storage, flash })
      await online()
      await clock.run(20 * SECOND)
      if (before !== undefined) {
        const ages = messages('sample').map((sample) => sample.time - before!)
        ok(ages.filter((age) => age > 30 && age <= 330).length >= 4, `${ages}`)
      }
      broker.reachable = false
      broker.forget()
      await clock.run(5 * MINUTE)
      twin.close()
      before = unix
    }
  })

  for (const year of [2036, 2038, 2040, 2106, 2110, 2150]) {
    it(`does its jobs at the local time in the nights of ${year} in which the clocks change`, async () => {
      for (const [month, hours] of [
        [2, ['01:05']],
        [9, ['00:30', '01:30', '02:05']],
      ] as const) {
        const last = new Date(Date.UTC(year, month, 31))
        const sunday = last.getTime() - last.getUTCDay() * 24 * 60 * MINUTE
        const device = await twinAt(sunday - 30 * MINUTE)
        await device.ask('set_cron', 'minute=30&hour=2&command=open')
        await device.ask('set_cron', 'minute=5&hour=3&command=close')
        const ran: string[] = []
        let seen = device.log.length
        while (device.clock.now() < 4 * 60 * MINUTE) {
          await device.clock.run(MINUTE)
          const at = new Date(sunday - 30 * MINUTE + device.clock.now()).toISOString().slice(11, 16)
          for (const line of device.log.slice(seen)) if (line.startsWith('cron: ')) ran.push(at)
          seen = device.log.length
        }
        deepEqual(ran, hours)
      }
    })
  }
})
