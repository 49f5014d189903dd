import { deepEqual, equal } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { Delivery, type MessageLink } from '../../modules/delivery/delivery.js'
import { WallClock } from '../../modules/time/wall-clock.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { CountingClock } from '../support/clock.js'

const SERIAL = '1234567'
/** First packet id of a message in memory, and of a sample in the flash of a new device. */
const ID = 1
const STORED = 0x8000 + 513

/** A delivery whose packets are written down; no socket has more room than is given. */
async function setUp(withFlash: SimulatedFlash | boolean = false) {
  const clock = new CountingClock()
  const wallClock = new WallClock(clock)
  wallClock.set(1_800_000_000_000)
  const flash = withFlash === true ? new SimulatedFlash({ sectors: 6 }) : withFlash || undefined
  const envelope = { seal: (_: string, text: string) => encodeUtf8(text) }
  const delivery = new Delivery({ clock, wallClock, envelope, flash, random: () => 0 })
  await clock.run(0)
  const sent: string[] = []
  const world = { room: Number.POSITIVE_INFINITY }
  const write = (packet: string) => {
    if (world.room-- <= 0) return false
    sent.push(packet)
    return true
  }
  const link: MessageLink = {
    publish: (id, topic, _, duplicate) => write(`PUBLISH ${id} ${topic.split('/')[1]}${duplicate ? ' DUP' : ''}`),
    release: (id) => write(`PUBREL ${id}`),
    abandon: (reason) => sent.push(reason),
  }
  const connect = (sessionPresent = true) => {
    delivery.onConnected(link, sessionPresent)
    delivery.pump()
  }
  const say = (...kinds: readonly string[]) => {
    for (const kind of kinds) delivery.message(kind, SERIAL, clock.now(), '')
  }
  return { clock, delivery, sent, world, connect, say }
}

describe('the message in flight', () => {
  it('is followed by the next after PUBCOMP; the client answers PUBREC by itself', async () => {
    const { delivery, sent, connect, say } = await setUp()
    say('first', 'second')
    connect()
    deepEqual(sent, [`PUBLISH ${ID} first`])
    delivery.onReceived(ID)
    deepEqual(sent, [`PUBLISH ${ID} first`])
    delivery.onCompleted(ID)
    deepEqual(sent, [`PUBLISH ${ID} first`, `PUBLISH ${ID + 1} second`])
  })

  it('goes out again with DUP where the connection went before PUBREC, and only as PUBREL where it went after', async () => {
    const { delivery, sent, connect, say } = await setUp()
    say('first')
    connect()
    delivery.onClosed()
    connect()
    delivery.onReceived(ID)
    delivery.onClosed()
    connect()
    delivery.onClosed()
    connect()
    delivery.onCompleted(ID)
    delivery.onClosed()
    connect()
    deepEqual(sent, [`PUBLISH ${ID} first`, `PUBLISH ${ID} first DUP`, `PUBREL ${ID}`, `PUBREL ${ID}`])
  })

  it('is no duplicate where the socket never had room for it', async () => {
    const { delivery, sent, world, connect, say } = await setUp()
    world.room = 0
    say('first')
    connect()
    delivery.pump()
    delivery.onClosed()
    connect()
    world.room = 1
    delivery.pump()
    deepEqual(sent, [`PUBLISH ${ID} first`])
  })

  it('is moved on by no acknowledgment of what has not gone out over this connection', async () => {
    const { delivery, sent, world, connect, say } = await setUp()
    say('first')
    connect()
    delivery.onClosed()
    world.room = 0
    connect()
    delivery.onReceived(ID)
    world.room = 1
    delivery.pump()
    deepEqual(sent, [`PUBLISH ${ID} first`, `PUBLISH ${ID} first DUP`])
    delivery.onReceived(ID)
    delivery.onClosed()
    connect()
    for (const acknowledge of ['onReceived', 'onCompleted'] as const) delivery[acknowledge](ID)
    world.room = 1
    delivery.pump()
    deepEqual(sent.slice(2), [`PUBREL ${ID}`])
  })

  it('goes out as a new one under the same id where the broker has forgotten it', async () => {
    const { delivery, sent, connect, say } = await setUp()
    say('first')
    connect()
    delivery.onReceived(ID)
    delivery.onClosed()
    connect(false)
    deepEqual(sent, [`PUBLISH ${ID} first`, `PUBLISH ${ID} first`])
  })

  it('is not moved on by acknowledgments for another, nor by PUBCOMP before PUBREC', async () => {
    const { delivery, sent, connect, say } = await setUp()
    say('first', 'second')
    connect()
    delivery.onReceived(ID + 1)
    delivery.onCompleted(ID + 1)
    delivery.onCompleted(ID)
    delivery.onClosed()
    connect()
    deepEqual(sent, [`PUBLISH ${ID} first`, `PUBLISH ${ID} first DUP`])
  })

  it('has 7 s for each acknowledgment', async () => {
    const { clock, delivery, sent, connect, say } = await setUp()
    say('first')
    connect()
    await clock.run(6_999)
    delivery.onReceived(ID)
    await clock.run(6_999)
    deepEqual(sent, [`PUBLISH ${ID} first`])
    // PUBREC once more, as a broker may answer PUBREL for ever.
    delivery.onReceived(ID)
    await clock.run(1)
    deepEqual(sent.slice(1), ['no acknowledgment from the broker'])
  })
})

describe('the order of messages', () => {
  it('is memory first, then new samples, then those that have waited, one a second', async () => {
    const { clock, delivery, sent, connect, say } = await setUp(true)
    delivery.sample(SERIAL, clock.now(), 'waits')
    delivery.sample(SERIAL, clock.now(), 'waits too')
    await clock.run(0)
    connect()
    deepEqual(sent, [])
    delivery.sample(SERIAL, clock.now(), 'new')
    say('reply')
    deepEqual(sent, [`PUBLISH ${STORED + 2} sample`])
    const complete = (id: number) => {
      delivery.onReceived(id)
      delivery.onCompleted(id)
    }
    complete(STORED + 2)
    complete(ID)
    await clock.run(999)
    deepEqual(sent.slice(1), [`PUBLISH ${ID} reply`])
    await clock.run(1)
    complete(STORED)
    await clock.run(999)
    deepEqual(sent.slice(2), [`PUBLISH ${STORED} sample`])
    await clock.run(1)
    deepEqual(sent.slice(3), [`PUBLISH ${STORED + 1} sample`])
  })

  it('holds up what has waited for no message in memory', async () => {
    const { clock, delivery, sent, connect, say } = await setUp(true)
    delivery.sample(SERIAL, clock.now(), 'waits')
    await clock.run(0)
    connect()
    for (let id = ID; id < ID + 4; id++) {
      say('reply')
      await clock.run(300)
      delivery.onReceived(id)
      delivery.onCompleted(id)
    }
    deepEqual(sent.slice(4), [`PUBLISH ${STORED} sample`])
  })
})

describe('a sample', () => {
  it('waits in memory where there is no flash, or where flash does not take it, and is told of', async () => {
    const broken = new SimulatedFlash({ sectors: 6 })
    broken.write = () => false
    for (const flash of [false, broken]) {
      const { clock, delivery, sent, connect } = await setUp(flash)
      connect()
      delivery.sample(SERIAL, clock.now(), '')
      await clock.run(10)
      deepEqual(sent, [`PUBLISH ${ID} sample`])
      equal(delivery.flash, 'refuses')
    }
    equal((await setUp(true)).delivery.flash, 'works')
  })

  it('that came in the last moment is in flash when the device is switched off, and no timer is left', async () => {
    const flash = new SimulatedFlash({ sectors: 6 })
    const before = await setUp(flash)
    before.connect()
    before.say('lost')
    // More than a sector: the flash has to make room first.
    const text = 'x'.repeat(400)
    for (let i = 0; i < 16; i++) before.delivery.sample(SERIAL, before.clock.now(), text)
    before.delivery.close()
    equal(before.clock.pending.size, 0)
    const { clock, delivery, sent, connect } = await setUp(flash)
    connect()
    for (let i = 0; i < 20; i++) {
      await clock.run(1_000)
      const id = Number(sent.at(-1)?.split(' ')[1])
      delivery.onReceived(id)
      delivery.onCompleted(id)
    }
    equal(delivery.deliveredSamples, 16)
    await setUp().then(({ delivery }) => delivery.close())
  })

  it('goes out with DUP after power-off where it has gone out before, and as PUBREL where the broker has it', async () => {
    const flash = new SimulatedFlash({ sectors: 6 })
    const packets: string[][] = []
    for (let boot = 0; boot < 3; boot++) {
      const { clock, delivery, sent, connect } = await setUp(flash)
      if (boot === 0) delivery.sample(SERIAL, clock.now(), '')
      await clock.run(10)
      connect()
      await clock.run(2_000)
      packets.push([...sent])
      if (boot === 1) delivery.onReceived(STORED)
    }
    deepEqual(packets, [[`PUBLISH ${STORED} sample`], [`PUBLISH ${STORED} sample DUP`], [`PUBREL ${STORED}`]])
  })
})

describe('what an update on trial wants to know', () => {
  it('is how many messages, and how many samples, the broker has taken, each once', async () => {
    const { clock, delivery, connect, say } = await setUp()
    const counts = () => [delivery.delivered, delivery.deliveredSamples]
    say('reply')
    delivery.sample(SERIAL, clock.now(), '')
    connect()
    delivery.onReceived(ID)
    deepEqual([delivery.onCompleted(ID + 1), counts()], [false, [0, 0]])
    deepEqual([delivery.onCompleted(ID), counts()], [true, [1, 0]])
    deepEqual([delivery.onCompleted(ID), counts()], [false, [1, 0]])
    delivery.onReceived(ID + 1)
    deepEqual([delivery.onCompleted(ID + 1), counts()], [true, [2, 1]])
  })

  it('is whether a message is on its way over this connection', async () => {
    const { delivery, connect, say } = await setUp()
    connect()
    equal(delivery.isSending, false)
    say('reply')
    equal(delivery.isSending, true)
    delivery.onClosed()
    equal(delivery.isSending, false)
    connect()
    delivery.onReceived(ID)
    equal(delivery.isSending, true)
    delivery.onCompleted(ID)
    equal(delivery.isSending, false)
  })
})

describe('the id of a SUBSCRIBE', () => {
  it('is that of no message', async () => {
    const { delivery, sent, connect, say } = await setUp()
    connect()
    equal(delivery.nextId(), ID)
    say('reply')
    deepEqual(sent, [`PUBLISH ${ID + 1} reply`])
    equal(delivery.nextId(), ID + 2)
  })
})
