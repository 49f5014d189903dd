import { deepEqual, equal, ok } from 'node:assert/strict'
import { Outbox } from '../../modules/delivery/outbox.js'
import { PacketIds } from '../../modules/delivery/packet-ids.js'
import type { Draft } from '../../modules/delivery/queue.js'
import { WallClock } from '../../modules/time/wall-clock.js'
import { testClock } from '../support/clock.js'

const LONGEST_SAMPLE =
  'heap=123456&program=12345678901&t1=123.45 C&t2=123.45 C&t3=123.45 C&tdif=123.45 K&flow1=123456 l/h&effect1=1234.5 kW&hr=123456 h&v1=123456.78 m3&e1=123456.789 MWh&'

/** Unix seconds of power-on. */
const START = 1_800_000_000

function setUp(entries: readonly Draft[], isTimeKnown = true) {
  const wallClock = new WallClock(testClock())
  if (isTimeKnown) wallClock.set(START * 1000)
  const outbox = new Outbox(wallClock, new PacketIds(() => 0))
  for (const entry of entries) outbox.push(entry)
  /** Delivers everything; topics and texts. */
  const deliverAll = () => {
    const messages: [topic: string, text: string][] = []
    for (let message = outbox.next(); message !== undefined; message = outbox.next()) {
      messages.push([message.topic, message.text])
      outbox.delivered()
    }
    return messages
  }
  return { outbox, wallClock, deliverAll }
}

const minutes = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, i) => ({ prefix, at: i * 60_000, text: LONGEST_SAMPLE }))

describe('the packet ids of what is in memory', () => {
  it('begin anywhere below those of the flash, so that a restart does not repeat the last ones, and go round', () => {
    const first = (random: number) => new PacketIds(() => random).next()
    deepEqual([0, 0.25, 0.5, 1 - 2 ** -32].map(first), [1, 8192, 16_384, 32_767])
    const ids = new PacketIds(() => 0.5)
    const seen = new Set(Array.from({ length: 40_000 }, () => ids.next()))
    equal(seen.size, 32_767)
    ok([...seen].every((id) => id >= 1 && id <= 32_767))
  })
})

describe('the outbox', () => {
  it('has room for 60 of the longest samples', () => {
    const messages = setUp(minutes(60, '/sample/v2/123456789012/')).deliverAll()
    equal(messages.length, 60)
    equal(messages[0]![0], `/sample/v2/123456789012/${START}`)
  })

  it('drops the oldest when it is full, and stays bounded', () => {
    const messages = setUp(minutes(10_000, '/sample/v2/1234567/')).deliverAll()
    ok(messages.length >= 60 && messages.length < 100, `${messages.length}`)
    deepEqual(
      messages.map(([topic]) => topic),
      Array.from(messages, (_, i) => `/sample/v2/1234567/${START + 60 * (10_000 - messages.length + i)}`),
    )
  })

  it('has the same room again when everything is delivered', () => {
    const { outbox, deliverAll } = setUp([])
    for (let i = 0; i < 5; i++) {
      for (const entry of minutes(60, '/sample/v2/123456789012/')) outbox.push(entry)
      equal(deliverAll().length, 60)
    }
  })

  it('gives the oldest first, each as it was, under the second in which it came to be', () => {
    const { outbox, deliverAll } = setUp([
      { prefix: '/', at: 0, text: '' },
      { prefix: '/cron/v2/1234567/', at: 2012.75, text: ' 1 2 3 ' },
      { prefix: '/ssid/v2/ÆØ Å/', at: 1e12 + 0.5, text: '🔥 7\n8 9' },
      { prefix: '', at: 1e-7, text: '5 ' },
    ])
    deepEqual(deliverAll(), [
      [`/${START}`, ''],
      [`/cron/v2/1234567/${START + 2}`, ' 1 2 3 '],
      [`/ssid/v2/ÆØ Å/${START + 1e9}`, '🔥 7\n8 9'],
      [`${START}`, '5 '],
    ])
    outbox.delivered()
    equal(outbox.next(), undefined)
  })

  it('gives nothing as long as the time is not known', () => {
    const { outbox, wallClock, deliverAll } = setUp(minutes(2, '/a/'), false)
    equal(outbox.next(), undefined)
    wallClock.set(START * 1000)
    deepEqual(
      deliverAll().map(([topic]) => topic),
      [`/a/${START}`, `/a/${START + 60}`],
    )
  })

  it('dates a message by the time that was known when it came, whatever the time is said to be later', () => {
    const { outbox, wallClock, deliverAll } = setUp([{ prefix: '/before/', at: -1500, text: '' }], false)
    wallClock.set(START * 1000)
    outbox.push({ prefix: '/after/', at: 2000, text: '' })
    wallClock.set((START - 3790) * 1000)
    deepEqual(
      deliverAll().map(([topic]) => topic),
      [`/before/${START - 3790 - 2}`, `/after/${START + 2}`],
    )
  })

  it('keeps the message under way, under one topic and id, whatever happens meanwhile', () => {
    const { outbox, wallClock } = setUp(minutes(1, '/first/'))
    const first = outbox.next()
    wallClock.set((START + 10) * 1000)
    for (const entry of minutes(200, '/later/')) outbox.push(entry)
    outbox.forget()
    deepEqual(outbox.next(), first)
    outbox.delivered()
    ok(outbox.next()!.id !== first!.id)
  })
})
