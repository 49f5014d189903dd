// node only
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { PowerCut, SimulatedFlash, type Tear } from '../../twin/flash.js'
import { Flaw, makeImage } from '../../twin/image.js'
import { seededRandom } from '../../twin/random.js'
import { RECORD_SECTORS, RunningSlots, SimulatedSlots, SLOT_SECTORS } from '../../twin/slots.js'
import { writeImage } from '../support/images.js'
import { oneIn } from '../support/parts.js'

const OLD = makeImage({ version: '1.0.0', size: 20_000 })
const NEW = makeImage({ version: '2.0.0', size: 20_000, variant: 'devkit', seed: 2 })
const NEXT = makeImage({ version: '3.0.0' })

const ON = { on: true }

/** The bytes of the image at which power goes. */
const BYTES = oneIn(97)

/** Flash with these images and this boot record; power is on. */
function copyOf({ images, record }: SimulatedSlots, seed = 1, tear: Tear = 'byte'): SimulatedSlots {
  const random = seededRandom(seed)
  const copy = (flash: SimulatedFlash, sectors: number) =>
    new SimulatedFlash({ sectors, content: flash.covered.slice(), random, tear })
  return new SimulatedSlots({
    images: [copy(images[0], SLOT_SECTORS), copy(images[1], SLOT_SECTORS)],
    record: copy(record, RECORD_SECTORS),
  })
}

/** A board with the old image, as the cable leaves it. */
function board(): SimulatedSlots {
  const slots = new SimulatedSlots()
  slots.install(OLD)
  return slots
}

/** Starts the machine. */
function start(slots: SimulatedSlots) {
  const booted = slots.boot()
  ok(booted !== undefined, 'nothing starts')
  let restarts = 0
  const port = new RunningSlots({ slots, running: booted.slot, power: ON, restart: () => restarts++ })
  return { port, version: booted.image.version, image: booted.image, restarts: () => restarts }
}

/** What the record holds: number, state and CRC of each sector's entry. */
function record({ record: flash }: SimulatedSlots): string[] {
  return [0, 4096].map((at) => {
    const bytes = new Uint8Array(32)
    flash.read(at, bytes)
    const view = new DataView(bytes.buffer)
    return [0, 24, 28].map((offset) => view.getUint32(offset, true).toString(16)).join(' ')
  })
}

const BLANK = 'ffffffff ffffffff ffffffff'

describe('the slots of the twin', () => {
  it('start what the cable wrote, and the boot loader writes down that it is good', () => {
    const slots = board()
    deepEqual(record(slots), [BLANK, BLANK])
    const { version, port } = start(slots)
    equal(version, '1.0.0')
    equal(port.running, 0)
    equal(port.isOnProbation, false)
    // The CRC that ESP-IDF's otatool.py computes for 1.
    deepEqual(record(slots), ['1 2 4743989a', BLANK])
  })

  it('start a new image on probation, once it is to start', () => {
    const slots = board()
    const before = start(slots).port
    writeImage(before.spare, NEW)
    equal(start(slots).version, '1.0.0')
    ok(before.startSpareNext())
    deepEqual(record(slots), ['1 2 4743989a', '2 0 55f63774'])
    const { version, port, image } = start(slots)
    equal(version, '2.0.0')
    equal(image.variant, 'devkit')
    equal(image.project, 'xs_esp32')
    equal(port.running, 1)
    ok(port.isOnProbation)
    deepEqual(record(slots)[1], '2 1 55f63774')
    ok(port.keep())
    deepEqual(record(slots)[1], '2 2 55f63774')
    for (let i = 0; i < 3; i++) {
      const again = start(slots)
      equal(again.version, '2.0.0')
      equal(again.port.isOnProbation, false)
    }
  })

  it('go back after a restart on probation, and take the next image', () => {
    const slots = board()
    const { port } = start(slots)
    for (let i = 0; i < 3; i++) {
      writeImage(port.spare, NEW)
      ok(port.startSpareNext())
      equal(start(slots).version, '2.0.0')
      equal(start(slots).version, '1.0.0')
      deepEqual(record(slots)[1], '2 4 55f63774')
    }
  })

  it('go back when the image gives up', () => {
    const slots = board()
    const { port } = start(slots)
    writeImage(port.spare, NEW)
    ok(port.startSpareNext())
    const { port: probation, restarts } = start(slots)
    probation.giveUp()
    equal(restarts(), 1)
    equal(start(slots).version, '1.0.0')
    deepEqual(record(slots)[1], '2 3 55f63774')
  })

  it('stay with an image that gives up when there is no other', () => {
    const slots = board()
    const { port, restarts } = start(slots)
    port.giveUp()
    equal(restarts(), 0)
    equal(start(slots).version, '1.0.0')
  })

  it('take turns over many updates', () => {
    const slots = board()
    for (let i = 1; i <= 20; i++) {
      const { port } = start(slots)
      writeImage(port.spare, makeImage({ version: `2.0.${i}`, seed: i }))
      ok(port.startSpareNext())
      const { port: fresh, version } = start(slots)
      equal(version, `2.0.${i}`)
      equal(fresh.running, i % 2)
      ok(fresh.keep())
    }
  })

  it('start nothing that has one bit changed, and record nothing about it', () => {
    const slots = board()
    const { port } = start(slots)
    const before = record(slots)
    for (let bit = 0; bit < 8 * NEW.length; bit += 997) {
      const changed = NEW.slice()
      changed[bit >> 3]! ^= 1 << (bit & 7)
      writeImage(port.spare, changed)
      equal(port.startSpareNext(), false, `bit ${bit}`)
    }
    deepEqual(record(slots), before)
  })

  it('start nothing for another chip, too large, or cut short', () => {
    const slots = board()
    const { port } = start(slots)
    writeImage(port.spare, makeImage({ version: '2.0.0', chip: 'esp32c3' }))
    equal(port.startSpareNext(), false)
    for (const end of [0, 1, 24, 32, 300, 4096, NEW.length - 33, NEW.length - 1]) {
      for (let sector = 0; sector < 5; sector++) port.spare.erase(sector)
      port.spare.write(0, NEW.subarray(0, end))
      equal(port.startSpareNext(), false, `${end} bytes`)
    }
    const long = NEW.slice()
    new DataView(long.buffer).setUint32(28, port.spare.size, true)
    writeImage(port.spare, long)
    equal(port.startSpareNext(), false)
  })

  it('start an image without a hash that somebody has made by hand', () => {
    const image = new Uint8Array(2_000)
    image[0] = 0xe9
    new DataView(image.buffer).setUint32(32, 0xabcd5432, true)
    image.set(encodeUtf8('7.0.0'), 48)
    image.set(encodeUtf8(Flaw.Broken), 1_500)
    const slots = board()
    const { port } = start(slots)
    writeImage(port.spare, image)
    ok(port.startSpareNext())
    const { version, image: started } = start(slots)
    equal(version, '7.0.0')
    equal(started.flaw, Flaw.Broken)
    image[23] = 1
    writeImage(port.spare, image)
    equal(port.startSpareNext(), false)
  })

  it('start the other image when the chosen one is torn', () => {
    const slots = board()
    const { port } = start(slots)
    writeImage(port.spare, NEW)
    ok(port.startSpareNext())
    slots.images[1].erase(2)
    equal(start(slots).version, '1.0.0')
    slots.images[0].erase(2)
    equal(slots.boot(), undefined)
  })

  it('say what is wrong with an image', () => {
    for (const flaw of Object.values(Flaw)) {
      const slots = new SimulatedSlots()
      slots.install(makeImage({ version: '1.0.0', flaw }))
      equal(start(slots).image.flaw, flaw)
    }
    equal(start(board()).image.flaw, undefined)
  })

  const fromOld = (slots: SimulatedSlots) => new RunningSlots({ slots, running: 0, power: ON, restart() {} })
  const fromNew = (slots: SimulatedSlots) => new RunningSlots({ slots, running: 1, power: ON, restart() {} })
  const update = [
    (slots: SimulatedSlots) => writeImage(fromOld(slots).spare, NEW),
    (slots: SimulatedSlots) => void fromOld(slots).startSpareNext(),
    (slots: SimulatedSlots) => void slots.boot(),
  ]
  const endings: Readonly<Record<string, (slots: SimulatedSlots) => void>> = {
    'is kept': (slots) => void fromNew(slots).keep(),
    'gives up': (slots) => fromNew(slots).giveUp(),
    crashes: (slots) => void slots.boot(),
  }
  for (const [name, ending] of Object.entries(endings))
    it(`have an image that starts, old or new, and take the next one, wherever power goes in an update that ${name}`, () => {
      const slots = board()
      start(slots)
      let cuts = 0
      for (const action of [...update, ending]) {
        const whole = copyOf(slots)
        action(whole)
        for (const flashOf of [(of: SimulatedSlots) => of.record, (of: SimulatedSlots) => of.images[1]]) {
          const total = flashOf(whole).steps
          for (let cutAt = 0; cutAt < total; cutAt += total > 1000 ? BYTES.stride : 1)
            for (const tear of ['byte', 'page'] satisfies Tear[]) {
              const torn = copyOf(slots, cutAt, tear)
              flashOf(torn).cutAt = cutAt
              throws(() => action(torn), PowerCut)
              flashOf(torn).powerOn()
              cuts++
              const { version, port } = start(torn)
              ok(version === '1.0.0' || version === '2.0.0')
              if (port.isOnProbation) ok(port.keep())
              writeImage(port.spare, NEXT)
              ok(port.startSpareNext())
              equal(start(torn).version, '3.0.0', `${cutAt} ${tear}`)
            }
        }
        action(slots)
      }
      console.log(`      ${cuts} power cuts`)
      ok(cuts > 300)
    })
})
