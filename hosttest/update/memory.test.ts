// node only
import { equal, match, ok } from 'node:assert/strict'
import { Flaw } from '../../twin/image.js'
import { goodAnswer } from '../../twin/simulated-http.js'
import { updatableTwin } from '../support/update.js'
import { NEW, newFile, OLD, UpdateUnit } from '../support/update-unit.js'

const MINUTE = 60_000

/** Installs the new version and starts it. */
async function installed(unit: UpdateUnit): Promise<void> {
  match(await unit.run(newFile()), /state=restarting/)
  await unit.boot()
  equal(unit.slots.running, 1)
  equal(unit.slots.isOnProbation, true)
}

describe('a new image', () => {
  it('is good once the broker has a sample of a meter that was read', async () => {
    const unit = new UpdateUnit()
    await installed(unit)
    unit.delivered = 3
    await unit.clock.run(2 * MINUTE)
    equal(unit.slots.isOnProbation, true)
    equal(unit.update.progress.at, 'probation')
    unit.deliveredSamples = 1
    await unit.clock.run(10_000)
    equal(unit.told.at(-1), 'state=good&version=0.2.0')
    equal(unit.update.progress.at, 'idle')
    await unit.boot()
    equal(unit.slots.running, 1)
    equal(unit.slots.isOnProbation, false)
  })

  it('is good with any message, where the meter could not be read before either', async () => {
    const unit = new UpdateUnit()
    unit.meterWasRead = false
    await installed(unit)
    await unit.clock.run(MINUTE)
    equal(unit.slots.isOnProbation, true)
    unit.delivered = 1
    await unit.clock.run(10_000)
    equal(unit.told.at(-1), 'state=good&version=0.2.0')
  })

  for (const [what, delivered, reason] of [
    ['reaches no broker', 0, 'the broker was not reached'],
    ['reads no meter', 5, 'the meter was not read'],
  ] as const)
    it(`that ${what} goes back after six minutes, and may be offered again`, async () => {
      const unit = new UpdateUnit()
      await installed(unit)
      unit.delivered = delivered
      if (delivered > 0) unit.meterWasRead = false
      await unit.clock.run(5.9 * MINUTE)
      equal(unit.slots.running, 1)
      await unit.clock.run(0.2 * MINUTE)
      equal(unit.slots.running, 0)
      unit.update.onConnected()
      equal(unit.told.at(-1), `state=rolled_back&version=0.2.0&reason=${reason}`)
      await unit.clock.run(30 * MINUTE)
      equal(unit.slots.running, 0, 'it is not tried again by itself')
      match(await unit.run(newFile()), /state=restarting/)
    })

  for (const [when, boots, reason] of [
    ['before it has begun', 0, 'never started'],
    ['on probation', 1, 'crashed or lost power'],
  ] as const)
    it(`that ends ${when} is tried again only by force`, async () => {
      const unit = new UpdateUnit()
      match(await unit.run(newFile()), /state=restarting/)
      // An image that never starts says nothing: the boot loader only comes by a second time.
      if (boots === 0) unit.simulated.boot()
      else await unit.boot()
      await unit.boot()
      equal(unit.slots.running, 0)
      unit.update.onConnected()
      equal(unit.told.at(-1), `state=rolled_back&version=0.2.0&reason=${reason}`)
      await unit.clock.run(2 * MINUTE)
      equal(await unit.run(newFile()), `state=refused&version=0.2.0&reason=failed before: ${reason}`)
      match(await unit.run(newFile({ seed: 2 })), /state=restarting/, 'another image of this version is welcome')
      await unit.boot()
      await unit.boot()
      match(await unit.run(newFile(), NEW, true), /state=restarting/)
    })

  it('stays where there is no other image to go back to', async () => {
    const unit = new UpdateUnit()
    await installed(unit)
    // The old image is gone.
    for (let sector = 0; sector < 10; sector++) unit.simulated.images[0].erase(sector)
    await unit.clock.run(7 * MINUTE)
    equal(unit.restarts, 2)
    await unit.boot()
    equal(unit.slots.running, 1)
    equal(unit.slots.isOnProbation, false)
    equal(unit.update.progress.at, 'idle')
  })

  it('is on probation too when the boot record has lost that', async () => {
    const unit = new UpdateUnit()
    match(await unit.run(newFile()), /state=restarting/)
    await unit.boot()
    unit.slots.keep()
    await unit.boot()
    equal(unit.slots.isOnProbation, false)
    equal(unit.update.progress.at, 'probation')
    unit.deliveredSamples = unit.delivered = 1
    await unit.clock.run(10_000)
    equal(unit.told.at(-1), 'state=good&version=0.2.0')
  })
})

describe('what is stored of an update', () => {
  it('goes on after a restart where it was, 64 kB back at most', async () => {
    const unit = new UpdateUnit()
    const file = newFile({ size: 300_000 })
    unit.offer(file)
    while (unit.http.sent < 200_000) await unit.clock.run(100)
    await unit.boot()
    await unit.clock.run(3 * MINUTE)
    match(unit.told.at(-1)!, /state=restarting/)
    ok(unit.http.sent < 300_000 + 64 * 1024 + 40_000, `${unit.http.sent} bytes sent`)
  })

  it('counts as nothing when it is damaged, byte by byte', async () => {
    const unit = new UpdateUnit()
    await installed(unit)
    await unit.boot()
    const names = ['update.a', 'update.b'] as const
    const saved = names.map((name) => unit.storage.read(name)!.slice())
    const bytes = Math.max(...saved.map(({ length }) => length))
    for (let at = 0; at < bytes; at++) {
      for (const [i, name] of names.entries()) {
        const changed = saved[i]!.slice()
        changed[at % changed.length]! ^= 0x20
        unit.storage.write(name, changed)
      }
      await unit.boot()
      equal(unit.slots.running, 0)
      equal(unit.update.progress.at, 'idle')
    }
    match(await unit.run(newFile()), /state=restarting/)
  })

  it('counts as nothing when it is something else', async () => {
    const unit = new UpdateUnit()
    for (const text of [
      '',
      'null',
      '1',
      '[]',
      '{}',
      '{"mark":-1}',
      '{"trial":{"slot":"0"}}',
      '{"request":{"url":1}}',
      '{"failed":[]}',
    ]) {
      unit.storeRecord(text)
      await unit.boot()
      equal(unit.update.progress.at, 'idle', text)
    }
  })
})

describe('a device with a meter', () => {
  it('keeps an image although its meter is as dead as before', async () => {
    const device = updatableTwin()
    await device.online()
    device.twin.line.faults.silent = true
    await device.clock.run(10 * MINUTE)
    device.offer({ version: NEW, size: 20_000 })
    match((await device.ended())!, /state=good/)
    device.twin.close()
  })

  it('goes back when the meter has gone silent with the new image', async () => {
    const device = updatableTwin()
    await device.online()
    device.offer({ version: NEW, size: 20_000 })
    await device.clock.run(5_000)
    device.twin.line.faults.silent = true
    match((await device.ended())!, /state=rolled_back&version=0.2.0&reason=the meter was not read/)
    equal(device.twin.image.version, OLD)
    device.twin.close()
  })

  it('is commanded, samples and keeps its valve while it fetches', async () => {
    const device = updatableTwin()
    const { clock, twin, ask, offer, told } = device
    await device.online()
    device.http.answer = (request) => ({ ...goodAnswer(request), pause: 100 })
    offer({ version: NEW, size: 1_000_000 })
    await clock.run(30_000)
    ok(!told().some((text) => text.includes('restarting')))
    match((await ask('ping')).join(), /ping/)
    equal(twin.ac1.level, 0)
    await ask('open')
    equal(twin.ac1.level, 1)
    const samples = device.messages('sample').length
    await clock.run(100_000)
    ok(!told().some((text) => text.includes('restarting')), 'it still fetches')
    ok(device.messages('sample').length > samples)
    match((await device.ended())!, /state=good/)
    device.checkSamples()
    twin.close()
  })

  it('blinks while it fetches', async () => {
    const device = updatableTwin()
    await device.online()
    device.offer({ version: NEW, size: 400_000 })
    await device.clock.run(5_000)
    const { changes } = device.twin.led
    await device.clock.run(10_000)
    ok(device.twin.led.changes - changes >= 18)
    device.twin.close()
  })

  for (const [flaw, reason] of [
    [Flaw.Broken, 'the broker was not reached'],
    [Flaw.Crash, 'crashed or lost power|never started'],
  ] as const)
    it(`that runs an image with ${flaw} is back within six minutes and says why`, async () => {
      const device = updatableTwin()
      await device.online()
      device.offer({ version: NEW, size: 20_000, flaw })
      const from = device.clock.now()
      match((await device.ended())!, new RegExp(`state=rolled_back&version=0.2.0&reason=(${reason})`))
      ok(device.clock.now() - from < 8 * MINUTE)
      equal(device.twin.image.version, OLD)
      await device.clock.run(2 * MINUTE)
      device.checkSamples()
      device.twin.close()
    })
})
