// node only
import { equal, ok } from 'node:assert/strict'
import { SimulatedFlash, type Tear } from '../../twin/flash.js'
import type { TwinImage } from '../../twin/image.js'
import { seededRandom } from '../../twin/random.js'
import { RECORD_SECTORS, SimulatedSlots, SLOT_SECTORS, SLOT_SIZE } from '../../twin/slots.js'
import { runOverCuts } from '../support/clock.js'
import { FailingStorage, OUTCOMES, type Outcome } from '../support/failing-storage.js'
import { oneIn } from '../support/parts.js'
import { updatableTwin } from '../support/update.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const OLD = '0.1.0'
const NEW = '0.2.0'
const SMALL = { version: NEW, size: 20_000 }
const FULL = { version: NEW, size: SLOT_SIZE }

/** The bytes at which power goes. */
const BYTES = oneIn(293)
const POINTS = oneIn(149)
/** Of what is short: the boot record, and the writes of records. */
const FEW = oneIn(3)

/** Power that goes at a step of one part of the flash, or at a write of a record. */
type Cut =
  | { readonly part: 'slot' | 'record' | 'journal'; readonly step: number; readonly tear: Tear }
  | { readonly part: 'storage'; readonly write: number; readonly outcome: Outcome }

/** A device that is told to update once it is online. Power may go once, and comes back. */
async function run(image: TwinImage, cut?: Cut, wait = 3 * MINUTE) {
  const random = seededRandom(cut === undefined || cut.part === 'storage' ? 1 : cut.step)
  const tear = cut === undefined || cut.part === 'storage' ? 'byte' : cut.tear
  const flash = (sectors: number) => new SimulatedFlash({ sectors, random, tear })
  const slots = new SimulatedSlots({
    images: [flash(SLOT_SECTORS), flash(SLOT_SECTORS)],
    record: flash(RECORD_SECTORS),
  })
  const parts = { slot: slots.images[1], record: slots.record, journal: flash(192) }
  const storage = new FailingStorage()
  const device = updatableTwin({}, { slots, storage, flash: parts.journal })
  const { clock, twin, offer, outcome } = device
  await device.online()
  const from = { slot: parts.slot.steps, record: parts.record.steps, journal: parts.journal.steps }
  const writes = storage.writes('')
  offer(image)
  let cuts = 0
  if (cut?.part === 'storage') {
    storage.outcome = cut.outcome
    storage.writesLeft = cut.write
  } else if (cut !== undefined) parts[cut.part].cutAt = from[cut.part] + cut.step
  const passes = (ms: number) =>
    runOverCuts(clock, ms, () => {
      cuts++
      storage.writesLeft = Number.POSITIVE_INFINITY
      for (const part of Object.values(parts)) part.powerOn()
      twin.powerCut(5_000)
    })
  const limit = clock.now() + 8 * 60 * MINUTE
  while (outcome() === undefined && clock.now() < limit) await passes(10 * SECOND)
  await passes(wait)
  const steps = {
    slot: parts.slot.steps - from.slot,
    record: parts.record.steps - from.record,
    journal: parts.journal.steps - from.journal,
  }
  return { ...device, cuts, steps, writes: storage.writes('') - writes }
}

/** After a cut: the device runs old or new, has said how it ended, and has lost no sample. */
async function check(image: TwinImage, cut: Cut): Promise<string> {
  const place = JSON.stringify(cut)
  const device = await run(image, cut)
  const { twin, outcome, cuts, told } = device
  if (cuts === 0) return 'not reached'
  const { version } = twin.image
  ok(version === OLD || version === NEW, `${place}: ${version}`)
  const end = outcome() ?? ''
  if (version === NEW) ok(end.includes('state=good'), `${place}: ${told().join(' | ')}`)
  // Power that goes while the command is stored leaves it undone: the server asks again until it is answered.
  else if (told().length > 0)
    ok(/state=(rolled_back|failed|refused)&.*reason=./.test(end), `${place}: ${told().join(' | ')}`)
  else {
    device.offer(image)
    equal(/state=good/.test((await device.ended()) ?? ''), true, `${place}: again`)
  }
  device.checkSamples(place)
  twin.close()
  return told().length === 0 ? 'undone' : (/state=(\w+)/.exec(end)?.[1] ?? 'again')
}

function printed(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
}

async function checkAll(image: TwinImage, cuts: Iterable<Cut>): Promise<number> {
  const counts = new Map<string, number>()
  let count = 0
  for (const cut of cuts) {
    const end = await check(image, cut)
    counts.set(end, (counts.get(end) ?? 0) + 1)
    if (end !== 'not reached') count++
  }
  console.log(`      ${count} power cuts: ${printed(counts)}`)
  return count
}

describe('power that goes in an update', () => {
  let small: Awaited<ReturnType<typeof run>>
  before(async () => {
    small = await run(SMALL)
    equal(small.twin.image.version, NEW)
    small.checkSamples()
    small.twin.close()
  })

  it(`at each byte of the slot, ${BYTES.name}, leaves the old image or the new one, and a way on`, async () => {
    function* cuts(): Generator<Cut> {
      for (let step = BYTES.first; step < small.steps.slot; step += BYTES.stride)
        yield { part: 'slot', step, tear: step % 2 === 0 ? 'byte' : 'page' }
    }
    ok((await checkAll(SMALL, cuts())) >= Math.floor(small.steps.slot / BYTES.stride))
  })

  it(`at each byte of the boot record, ${FEW.name}, does too`, async () => {
    function* cuts(): Generator<Cut> {
      for (let step = FEW.first; step < small.steps.record; step += FEW.stride)
        for (const tear of ['byte', 'page'] satisfies Tear[]) yield { part: 'record', step, tear }
    }
    ok((await checkAll(SMALL, cuts())) > 100 / FEW.stride)
  })

  it(`at each write of a record, ${FEW.name}, does too`, async () => {
    const cuts = Array.from({ length: small.writes }, (_, write) =>
      OUTCOMES.map((outcome): Cut => ({ part: 'storage', write, outcome })),
    ).flat()
    const tried = cuts.filter((_, i) => i % FEW.stride === FEW.first)
    ok((await checkAll(SMALL, tried)) > 20 / FEW.stride)
  })

  it(`at each byte of the journal, ${POINTS.name}, does too`, async () => {
    function* cuts(): Generator<Cut> {
      for (let step = POINTS.first; step < small.steps.journal; step += POINTS.stride)
        yield { part: 'journal', step, tear: 'byte' }
    }
    ok((await checkAll(SMALL, cuts())) > 2)
  })

  it(`of full size, at the bounds of sectors and at 1,000 bytes by chance, ${POINTS.name}, does too`, async () => {
    const whole = await run(FULL)
    equal(whole.twin.image.version, NEW)
    const { slot } = whole.steps
    whole.twin.close()
    const random = seededRandom(5)
    // A sector takes 8 steps to erase and 4,096 to write.
    const sector = 8 + 4096
    const points = [0, slot - 1]
    for (let at = sector; at < slot; at += sector) points.push(at - 1, at, at + 7, at + 8)
    for (let i = 0; i < 1_000; i++) points.push(Math.floor(random() * slot))
    function* cuts(): Generator<Cut> {
      for (let i = POINTS.first; i < points.length; i += POINTS.stride)
        yield { part: 'slot', step: points[i]!, tear: i % 2 === 0 ? 'byte' : 'page' }
    }
    ok((await checkAll(FULL, cuts())) > 10)
  })
})
