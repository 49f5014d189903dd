import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../../../modules/codec/hex.js'
import { SimulatedFlash } from '../../../twin/flash.js'
import { seededRandom } from '../../../twin/random.js'
import { JournalWorld, timeOf } from '../../support/journal.js'
import { FAR_TIMES, secondsOf } from '../../support/times.js'

const SECTORS = 9
const SECTOR = 512

/** A device that is switched on at this time. */
function worldAt(unix: number, flash = new SimulatedFlash({ sectors: SECTORS, sectorSize: SECTOR })) {
  const world = new JournalWorld(flash)
  world.now = unix
  world.powerOn()
  return world
}

describe('the times in the journal', () => {
  it('are those of an entry that an earlier version has written: dated, and by the clock of its boot', () => {
    const flash = new SimulatedFlash({ sectors: SECTORS, sectorSize: SECTOR })
    const sector = [
      '4d4a0100000000010000000000019f03ffffffff',
      '7f01000f000000416b49d23c0000190c032f732f74313d36302e3030204326ff',
      '7f02000f000000820000003c0002af0b032f732f74313d32302e3030204326ff',
      '7f030000000000836b49d23c00026491',
    ]
    flash.bytes.set(fromHex(sector.join(''))!, 3 * SECTOR)
    const world = worldAt(secondsOf('2027-01-15T08:10:00Z'), flash)
    world.connect()
    world.deliverAll()
    deepEqual(world.passedOn, ['/s/1800000060', '/s/1800000120'])
  })

  for (const time of FAR_TIMES) {
    it(`are right around ${time}, over restarts and after a boot that learnt it late`, () => {
      const world = worldAt(secondsOf(time) - 301)
      world.sample(1)
      for (let i = 0; i < 4; i++) world.sample()
      world.powerOn(false)
      for (let i = 0; i < 4; i++) world.sample()
      world.learnTime()
      world.powerOn()
      world.sample()
      world.powerOn()
      world.connect()
      world.deliverAll()
      deepEqual(
        world.passedOn.map(timeOf),
        Array.from({ length: 10 }, (_, i) => secondsOf(time) - 300 + 60 * i),
      )
    })

    it(`keep every hour of an outage around ${time} that is longer than the flash`, () => {
      const flash = new SimulatedFlash({ sectors: SECTORS, sectorSize: SECTOR, random: seededRandom(1) })
      const world = worldAt(secondsOf(time) - 18 * 3600, flash)
      for (let i = 0; i < 216; i++) {
        world.sample(600)
        if (i % 50 === 0) world.powerOn()
      }
      world.connect()
      world.deliverAll()
      const times = world.passedOn.map(timeOf)
      const hours = (of: readonly number[]) => [...new Set(of.map((unix) => Math.floor(unix / 3600)))]
      ok(times.length < 216)
      deepEqual(hours(times), hours(world.taken.map((sample) => sample.time)))
      deepEqual(world.twice, [])
    })
  }

  it('take in flash what they took before', () => {
    const sizes = ['2027-01-15T08:00:00Z', '2150-07-01T12:00:00Z'].map((time) => {
      const flash = new SimulatedFlash({ sectors: SECTORS, sectorSize: SECTOR })
      const world = worldAt(secondsOf(time), flash)
      for (let i = 0; i < 10; i++) world.sample()
      return flash.bytesWritten
    })
    equal(sizes[0], sizes[1])
  })
})
