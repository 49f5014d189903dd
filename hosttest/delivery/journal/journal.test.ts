import { deepEqual, equal, ok } from 'node:assert/strict'
import { encodeUtf8 } from '../../../modules/codec/utf8.js'
import { SimulatedFlash } from '../../../twin/flash.js'
import { seededRandom } from '../../../twin/random.js'
import { JournalWorld, START, timeOf } from '../../support/journal.js'

function setUp(sectors = 12, sectorSize = 512) {
  const flash = new SimulatedFlash({ sectors, sectorSize, random: seededRandom(1) })
  return { flash, world: new JournalWorld(flash) }
}

function inOrder(times: readonly number[]): boolean {
  return times.every((time, i) => i === 0 || times[i - 1]! <= time)
}

describe('the journal', () => {
  it('delivers what was taken offline in order of time, under its own time, over restarts', () => {
    const { world } = setUp()
    for (let i = 0; i < 30; i++) {
      world.sample()
      if (i % 7 === 0) world.powerOn()
    }
    world.connect()
    world.deliverAll()
    deepEqual(
      world.passedOn,
      Array.from({ length: 30 }, (_, i) => `/s/${START + 60 * (i + 1)}`),
    )
  })

  it('gives what is new before what has waited', () => {
    const { world } = setUp()
    for (let i = 0; i < 5; i++) world.sample()
    world.connect()
    world.deliver()
    world.sample()
    world.sample()
    const [, , , , , sixth, seventh] = world.taken.map(({ topic }) => topic)
    world.deliver()
    world.deliver()
    deepEqual(world.passedOn.slice(1), [sixth, seventh])
    world.deliverAll()
    equal(world.passedOn.length, 7)
    deepEqual(world.lost, [])
  })

  it('gives only what is new when what waits is not to go yet', () => {
    const { world } = setUp()
    for (let i = 0; i < 5; i++) world.sample()
    world.connect()
    ok(!world.deliver(false))
    world.sample()
    ok(world.deliver(false))
    deepEqual(world.passedOn, [world.taken[5]!.topic])
  })

  it('gives nothing before the time is known, and dates then what this boot has written', () => {
    const { world } = setUp()
    world.sample()
    world.powerOn(false)
    world.connect()
    for (let i = 0; i < 12; i++) world.sample()
    world.deliverAll()
    deepEqual(world.passedOn, [])
    world.learnTime()
    world.sample()
    world.powerOn()
    world.connect()
    world.deliverAll()
    deepEqual(
      world.passedOn.map(timeOf),
      Array.from({ length: 14 }, (_, i) => START + 60 * (i + 1)),
    )
  })

  it('gives up what a boot has written that never learnt the time, and nothing else', () => {
    const { world } = setUp()
    world.sample()
    world.powerOn(false)
    world.sample()
    world.powerOn(false)
    world.sample()
    world.learnTime()
    world.connect()
    world.deliverAll()
    deepEqual(world.passedOn.map(timeOf), [START + 60, START + 180])
  })

  it('keeps a sample of every hour and kind when room runs short, and every one of the last time', () => {
    const { flash, world } = setUp(24, 512)
    for (let i = 0; i < 600; i++) {
      world.sample(300, '/s/')
      world.sample(0, '/w/')
      if (i % 200 === 99) world.powerOn()
    }
    world.connect()
    world.deliverAll()
    const times = world.passedOn.map(timeOf)
    ok(inOrder(times), 'not in order of time')
    deepEqual(world.twice, [])
    for (const prefix of ['/s/', '/w/']) {
      const hours = new Set(
        world.passedOn.filter((topic) => topic.startsWith(prefix)).map((t) => Math.floor(timeOf(t) / 3600)),
      )
      equal(hours.size, 51, prefix)
    }
    const newest = world.taken.slice(-100).map(({ topic }) => topic)
    deepEqual(world.passedOn.slice(-100), newest)
    ok(world.passedOn.length < 400, `${world.passedOn.length} of ${world.taken.length} in ${flash.size} bytes`)
  })

  it('says that it is full from the first sample that is thinned until those are delivered, over restarts', () => {
    const { world } = setUp(24, 512)
    for (let i = 0; i < 20; i++) world.sample(300)
    equal(world.journal.flash, 'works')
    for (let i = 0; i < 400; i++) world.sample(300)
    equal(world.journal.flash, 'full')
    world.powerOn()
    equal(world.journal.flash, 'full')
    world.connect()
    for (let i = 0; i < 3; i++) world.deliver()
    world.powerOn()
    equal(world.journal.flash, 'full')
    world.connect()
    world.deliverAll()
    equal(world.journal.flash, 'works')
    world.powerOn()
    equal(world.journal.flash, 'works')
  })

  it('drops the oldest hours when those have no room either, and stays whole', () => {
    const { world } = setUp(12, 256)
    for (let i = 0; i < 2000; i++) world.sample(600)
    world.connect()
    world.deliverAll()
    ok(inOrder(world.passedOn.map(timeOf)))
    deepEqual(
      world.passedOn.slice(-20),
      world.taken.slice(-20).map(({ topic }) => topic),
    )
    deepEqual(world.twice, [])
  })

  it('keeps what may be with the broker, however long ago it was taken', () => {
    const { world } = setUp(12, 256)
    world.sample()
    world.connect()
    world.sample()
    const { topic } = world.taken[1]!
    world.deliver(true, 'released')
    for (let i = 0; i < 70; i++) world.sample()
    world.powerOn()
    world.connect()
    equal(world.journal.next(true)?.topic, topic)
    world.deliverAll()
    deepEqual(world.passedOn.slice(0, 2), [topic, world.taken[0]!.topic])
    deepEqual(world.twice, [])
  })

  it('dates what was thinned before the time was known', () => {
    const { world } = setUp(12, 256)
    world.powerOn(false)
    for (let i = 0; i < 100; i++) world.sample(900)
    world.learnTime()
    world.powerOn()
    world.connect()
    world.deliverAll()
    const times = world.passedOn.map(timeOf)
    ok(inOrder(times))
    equal(times.at(-1), START + 90_000)
    ok(times[0]! < START + 50_000, 'the hours are gone')
    ok(times.every((time) => (time - START) % 900 === 0))
  })

  it('delivers under a new packet id what a broker has forgotten that had it', () => {
    const { world } = setUp()
    world.sample()
    world.connect()
    const first = world.journal.next(true)
    world.journal.sent()
    world.journal.received()
    world.powerOn()
    equal(world.journal.next(true)?.received, true)
    world.connect(false)
    const again = world.journal.next(true)
    equal(again?.topic, first?.topic)
    deepEqual([again?.published, again?.received], [false, false])
    ok(again?.id !== first?.id)
    world.deliverAll()
    deepEqual(world.passedOn, [first?.topic])
  })

  it('goes on where a sector no longer takes what is written', () => {
    const { flash, world } = setUp()
    const write = flash.write.bind(flash)
    // A bit that stays up.
    flash.write = (offset, bytes) => {
      write(offset, bytes)
      if (offset <= 5 * 512 + 77 && offset + bytes.length > 5 * 512 + 77) flash.bytes[5 * 512 + 77]! |= 0x10
      return true
    }
    for (let i = 0; i < 40; i++) world.sample()
    world.connect()
    world.deliverAll()
    deepEqual(world.lost, [])
    ok(world.taken.every(({ written }) => written))
  })

  it('delivers each sample once and comes to an end where no mark of delivery stays', () => {
    for (const isTold of [false, true]) {
      const { flash, world } = setUp()
      for (let i = 0; i < 10; i++) world.sample()
      flash.write = () => !isTold
      world.connect()
      for (let i = 0; i < 20; i++) world.deliver()
      equal(world.passedOn.length, 10)
      deepEqual(world.twice, [])
    }
  })

  describe('where the flash keeps no more marks', () => {
    /** From now on entries can be written, and what happens to them cannot; the flash says so or not. */
    function wear(flash: SimulatedFlash, isTold: boolean): void {
      const write = flash.write.bind(flash)
      flash.write = (offset, bytes) => {
        const isMark = bytes.length === 1 && bytes[0] !== 0 && (bytes[0]! & 0x40) === 0
        return isMark ? !isTold : write(offset, bytes)
      }
    }

    for (const isTold of [false, true]) {
      const silently = isTold ? '' : ', and does not say so'

      it(`delivers once what is taken while the broker is connected${silently}`, () => {
        const { flash, world } = setUp()
        for (let i = 0; i < 3; i++) world.sample()
        wear(flash, isTold)
        world.connect()
        for (let i = 0; i < 100; i++) {
          world.sample()
          world.deliver(false)
          // What has waited comes meanwhile, or the connection breaks.
          if (i % 10 === 9) world.deliverAll()
          if (i % 7 === 6) world.connect()
        }
        world.deliverAll()
        deepEqual(world.twice, [])
        deepEqual(world.lost, [])
      })

      it(`completes once what was under way when power went${silently}`, () => {
        const { flash, world } = setUp()
        for (let i = 0; i < 3; i++) world.sample()
        world.connect()
        world.deliver(true, 'published')
        world.powerOn()
        wear(flash, isTold)
        world.connect()
        world.deliverAll()
        deepEqual(world.twice, [])
        deepEqual(world.lost, [])
      })

      it(`sends once more, and no oftener, what the broker has forgotten${silently}`, () => {
        const { flash, world } = setUp()
        wear(flash, isTold)
        world.connect()
        world.sample()
        world.deliver(true, 'released')
        world.connect(false)
        world.deliverAll()
        equal(world.passedOn.length, 2)
      })

      it(`archives nothing that was delivered${silently}`, () => {
        const { flash, world } = setUp(9)
        wear(flash, isTold)
        world.connect()
        for (let i = 0; i < 60; i++) {
          world.sample(3_600)
          world.deliverAll()
        }
        deepEqual(world.twice, [])
        deepEqual(world.lost, [])
      })
    }
  })

  it('says so where the flash refuses, gives up nothing for it, and goes on when it does again', () => {
    for (const method of ['read', 'write', 'erase'] as const) {
      const { flash, world } = setUp()
      for (let i = 0; i < 10; i++) world.sample()
      const whole = { [method]: flash[method].bind(flash) }
      Object.assign(flash, { [method]: () => false })
      for (let i = 0; i < 40; i++) world.sample()
      // Where only erasing fails the sector that was begun is still filled.
      ok(
        world.taken.slice(-10).every(({ written }) => !written),
        method,
      )
      equal(world.journal.flash, 'refuses', method)
      world.powerOn()
      world.sample()
      Object.assign(flash, whole)
      world.powerOn()
      for (let i = 0; i < 3; i++) world.sample()
      equal(world.journal.flash, 'works', method)
      ok(
        world.taken.slice(-3).every(({ written }) => written),
        method,
      )
      world.connect()
      world.deliverAll()
      deepEqual(world.lost, [], method)
      deepEqual(world.twice, [], method)
    }
  })

  it('skips what is damaged where no mark stays', () => {
    const { flash, world } = setUp()
    for (let i = 0; i < 10; i++) world.sample()
    const read = flash.read.bind(flash)
    flash.write = () => true
    // Headers read well, bodies do not.
    flash.read = (offset, into) => {
      read(offset, into)
      if (into.length > 20) into.fill(0, 16)
      return true
    }
    world.connect()
    ok(!world.deliver())
  })

  it('skips what has been damaged since', () => {
    const { flash, world } = setUp()
    for (let i = 0; i < 5; i++) world.sample()
    const text = encodeUtf8(`t1=${world.taken[2]!.time % 100}`)
    const at = flash.bytes.findIndex((_, i) => text.every((byte, k) => flash.bytes[i + k] === byte))
    flash.bytes[at]! ^= 0x04
    world.connect()
    world.deliverAll()
    equal(world.passedOn.length, 4)
  })

  it('delivers every new sample, whichever byte of one or two sectors is damaged', () => {
    for (let at = 0; at < 512; at += 4) {
      for (const sectors of [[1], [3], [4], [5], [2, 3], [3, 4], [4, 5], [5, 2]]) {
        const { flash, world } = setUp(6)
        for (let i = 0; i < 70; i++) world.sample(1000)
        for (const sector of sectors) flash.bytes[512 * sector + at]! ^= 0x5a
        world.powerOn()
        const from = world.taken.length
        for (let i = 0; i < 5; i++) world.sample(1000)
        world.connect()
        world.deliverAll()
        deepEqual(
          world.taken.slice(from).filter(({ topic }) => !world.passedOn.includes(topic)),
          [],
          `byte ${at} of ${sectors}`,
        )
      }
    }
  })

  it('starts with a flash that holds anything', () => {
    const random = seededRandom(7)
    const content = Uint8Array.from({ length: 12 * 512 }, () => random() * 256)
    const world = new JournalWorld(new SimulatedFlash({ sectors: 12, sectorSize: 512, content }))
    for (let i = 0; i < 20; i++) world.sample()
    world.connect()
    world.deliverAll()
    deepEqual(world.lost, [])
  })
})
