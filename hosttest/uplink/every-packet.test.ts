// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { Delivery } from '../../modules/delivery/delivery.js'
import { WallClock } from '../../modules/time/wall-clock.js'
import { RULES } from '../../modules/uplink/mqtt-states.js'
import { MqttSession } from '../../modules/uplink/session.js'
import { seededRandom } from '../../twin/random.js'
import { CountingClock } from '../support/clock.js'
import { hosted } from '../support/hosted.js'
import { dealt } from '../support/parts.js'
import { WireBroker } from '../support/wire-broker.js'

const HOUR = 3_600_000
const MOST_TIMES = 3

/** A device with a message every 20 s, at a broker in bytes. */
function setUp() {
  const clock = new CountingClock()
  const broker = new WireBroker(clock)
  const wallClock = new WallClock(clock)
  wallClock.set(1_800_000_000_000)
  const random = seededRandom(1)
  const envelope = { seal: (_: string, text: string) => encodeUtf8(text) }
  const delivery = new Delivery({ clock, wallClock, envelope, flash: undefined, random })
  const log: string[] = []
  const numbers = ['1234567']
  let received = 0
  const session: MqttSession = hosted(MqttSession, {
    clock,
    wallClock,
    delivery,
    random,
    connect: broker.connect,
    broker: () => ({ host: 'broker', port: 1883, user: 'u', password: 'p', certificate: '' }),
    numbers: () => numbers,
    onConnected: () => session.subscribe(),
    onMessage: () => received++,
    log: (text) => log.push(text),
  })
  const pushed: string[] = []
  const push = () => {
    pushed.push(`text ${pushed.length}`)
    delivery.message('kind', '1234567', clock.now(), pushed.at(-1)!)
  }
  return { clock, broker, delivery, session, numbers, log, pushed, push, received: () => received }
}

type Device = ReturnType<typeof setUp>

/** Leads a device into each state in which a packet may find it. */
const STATES: Readonly<Record<string, (device: Device) => Promise<void>>> = {
  async 'before CONNECT'({ clock, session }) {
    session.start('1234567')
    await clock.run(5)
  },
  async 'before CONNACK'({ clock, broker, session }) {
    broker.answers = (command) => command !== 'connect'
    session.start('1234567')
    await clock.run(100)
  },
  async 'SUBSCRIBE unanswered'({ clock, broker, session }) {
    broker.answers = (command) => command !== 'subscribe'
    session.start('1234567')
    await clock.run(100)
  },
  async 'UNSUBSCRIBE unanswered'({ clock, broker, session, numbers }) {
    broker.answers = (command) => command !== 'unsubscribe'
    numbers.push('11111111')
    session.start('1234567')
    await clock.run(100)
    numbers.pop()
    session.subscribe()
    await clock.run(100)
  },
  async 'nothing under way'({ clock, session }) {
    session.start('1234567')
    await clock.run(1_000)
  },
  async 'PUBLISH unanswered'({ clock, broker, session, push }) {
    broker.answers = (command) => command !== 'publish'
    push()
    session.start('1234567')
    await clock.run(1_000)
  },
  async 'PUBREL unanswered'({ clock, broker, session, push }) {
    broker.answers = (command) => command !== 'pubrel'
    push()
    session.start('1234567')
    await clock.run(1_000)
  },
  async 'PINGREQ unanswered'({ clock, broker, session }) {
    broker.answers = (command) => command !== 'pingreq'
    session.start('1234567')
    await clock.run(31_000)
  },
  async 'the connection ended'({ clock, broker, session }) {
    session.start('1234567')
    await clock.run(1_000)
    broker.write(Uint8Array.of(0, 0))
    await clock.run(10)
  },
  async 'the session stopped'({ clock, session }) {
    session.start('1234567')
    await clock.run(1_000)
    session.stop()
  },
}

const TOPIC = [0, 2, 0x2f, 0x61]

/** Each packet in each form; ids are those of what the device has sent last, or another. */
function packets(ids: Record<string, number>): readonly (readonly [string, Uint8Array])[] {
  const all: [string, number[]][] = []
  for (const [type, { name, flags, length = 2 }] of RULES.entries()) {
    const { publish, subscribe, unsubscribe } = ids
    const answered = { PUBREC: publish, PUBREL: publish, PUBCOMP: publish, SUBACK: subscribe, UNSUBACK: unsubscribe }
    const sent = answered[name as keyof typeof answered] ?? 9
    const head = (type << 4) | flags
    const body = (id: number) => [id >> 8, id & 255, 0].slice(0, length)
    all.push([name, [head, length, ...(name === 'CONNACK' ? [0, 0] : body(sent))]])
    if (length >= 2) all.push([`${name} with another id`, [head, length, ...body(sent ^ 1)]])
    all.push([`${name} without a body`, [head, 0]])
    all.push([`${name} of one byte`, [head, 1, 0]])
    all.push([`${name} of five bytes`, [head, 5, 0, 1, 0, 1, 0]])
    all.push([`${name} with other flags`, [head ^ 9, length, ...body(sent)]])
    all.push([`half of ${name}`, [head, 0x80]])
    all.push([`${name} of 256 MB`, [head, 0xff, 0xff, 0xff, 0x7f, 0, 2]])
    all.push([`${name} without an end of its length`, [head, 0xff, 0xff, 0xff, 0xff]])
  }
  for (let qos = 0; qos < 4; qos++) all.push([`PUBLISH with QoS ${qos}`, [0x30 | (qos << 1), 8, ...TOPIC, 0, 7, 1, 2]])
  all.push(['PUBLISH without payload', [0x30, 4, ...TOPIC]])
  all.push(['PUBLISH with a topic of 200', [0x30, 0xcb, 1, 0, 200, ...Array.from({ length: 201 }, () => 0x61)]])
  all.push(['CONNACK that refuses', [0x20, 2, 0, 5]])
  all.push(['SUBACK that refuses', [0x90, 3, (ids.subscribe ?? 9) >> 8, (ids.subscribe ?? 9) & 255, 0x80]])
  return all.map(([name, bytes]) => [name, Uint8Array.from(bytes)])
}

const FORMS = packets({}).length
const RUNS = FORMS * Object.keys(STATES).length * (MOST_TIMES + 1)

const { items, name: part } = dealt(Object.entries(STATES), 5)

describe(`the session, told each of ${RULES.length} types of packet in ${FORMS} forms, ${part}`, () => {
  for (const [state, lead] of items)
    it(`${state}, 0 to ${MOST_TIMES} times, delivers exactly once afterwards and leaves no timer: ${RUNS / Object.keys(STATES).length} runs`, async () => {
      for (let form = 0; form < FORMS; form++)
        for (let times = 0; times <= MOST_TIMES; times++) {
          const device = setUp()
          const { clock, broker, session, delivery, pushed, push } = device
          await lead(device)
          const [name, bytes] = packets(broker.ids)[form]!
          const what = `${name}, ${times} times`
          for (let i = 0; i < times; i++) broker.write(bytes)
          await clock.run(20)
          broker.answers = () => true
          if (state === 'the session stopped') session.start('1234567')
          for (let i = 0; i < 6; i++) {
            push()
            await clock.run(20_000)
          }
          deepEqual([...broker.messages].sort(), [...pushed].sort(), what)
          ok(session.connected, what)
          ok(broker.connections <= 6, `${what}: ${broker.connections} connections`)
          // The next ping, the deadline of one, and what is on its way.
          ok(clock.pending.size <= 3, `${what}: ${clock.pending.size} timers`)
          session.stop()
          delivery.close()
          await clock.run(100)
          equal(clock.pending.size, 0, what)
        }
    })

  it(`meets a broker that writes one of them after each CONNECT or CONNACK with a bounded number of connections: ${2 * FORMS} hours`, async () => {
    for (const moment of ['connect', 'subscribe'])
      for (let form = 0; form < FORMS; form++) {
        const { clock, broker, session, push, pushed } = setUp()
        broker.onPacket = (command) => {
          if (command === moment) broker.write(packets(broker.ids)[form]![1])
        }
        session.start('1234567')
        push()
        await clock.run(HOUR)
        const name = packets({})[form]![0]
        // A refusal of CONNACK, and half a packet, are no break of the protocol: the attempts that fail are 8 s apart.
        ok(broker.connections <= 960, `${name} after ${moment}: ${broker.connections} connections an hour`)
        broker.onPacket = () => {}
        push()
        await clock.run(120_000)
        deepEqual([...broker.messages].sort(), [...pushed].sort(), name)
        session.stop()
      }
  })
})
