// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { PowerCut, type Tear } from '../../../twin/flash.js'
import { cutWorld, type JournalWorld, timeOf } from '../../support/journal.js'
import { oneIn } from '../../support/parts.js'

const TEARS: readonly Tear[] = ['byte', 'page']

/** The bytes at which power goes. */
const BYTES = oneIn(23)
/** Of a world with few turns, whose run is short. */
const FEW = oneIn(7)

/** Days on end in small: online, broker away, restarts, a boot without time, everything delivered in the end. */
function ordinaryDays(world: JournalWorld): void {
  world.connect()
  for (let i = 0; i < 12; i++) {
    world.sample()
    world.deliverAll(i % 3 === 0)
  }
  for (let i = 0; i < 20; i++) world.sample()
  world.powerOn()
  world.connect()
  for (let i = 0; i < 15; i++) {
    world.deliver(true)
    if (i % 5 === 0) world.sample()
    world.deliver(false)
  }
  world.powerOn(false)
  for (let i = 0; i < 6; i++) world.sample()
  world.learnTime()
  for (let i = 0; i < 4; i++) world.sample()
  world.connect()
  world.deliverAll()
  for (let i = 0; i < 60; i++) {
    world.sample()
    world.deliverAll()
  }
}

/** More than there is room for: minutes become hours. */
function longOutage(world: JournalWorld): void {
  world.connect()
  for (const until of ['published', 'received', 'released'] as const) {
    world.sample(600)
    world.connect()
    world.sample(600)
    world.deliver(false, until)
    for (let i = 0; i < 45; i++) world.sample(600)
    world.connect()
    world.deliverAll()
  }
}

/** The journal gets few turns: samples are taken while it opens, while it looks for what was under way and makes room. */
function hurriedDays(world: JournalWorld): void {
  world.isPrompt = false
  for (let boot = 0; boot < 8; boot++) {
    world.powerOn(boot % 4 !== 3)
    if (boot % 2 === 0) world.connect()
    for (let i = 0; i < 9; i++) {
      world.sample()
      world.turns(i % 3)
      if (i === 4) world.connect()
      if (i > 5) world.deliver(i % 2 === 0, i === 8 && boot % 3 === 0 ? 'released' : 'delivered')
    }
    if (boot % 4 === 3) world.learnTime()
  }
  for (let i = 0; i < 30; i++) {
    world.sample()
    world.turns(1)
  }
  world.deliverAll()
}

function stepsOf(scenario: (world: JournalWorld) => void, sectorSize: number): number {
  const { flash, world: whole } = cutWorld(1, 'byte', Number.POSITIVE_INFINITY, sectorSize)
  scenario(whole)
  return flash.steps
}

describe(`power that goes at any byte of any write or erase of the journal, ${BYTES.name},`, () => {
  for (const tear of TEARS) {
    it(`loses and doubles nothing where there is room (torn by ${tear})`, () => {
      const steps = stepsOf(ordinaryDays, 512)
      let most = 0
      for (let cutAt = BYTES.first; cutAt < steps; cutAt += BYTES.stride) {
        const { flash, world: cut } = cutWorld(cutAt, tear, cutAt, 512)
        ordinaryDays(cut)
        cut.deliverAll()
        const { twice, lost, cuts } = cut
        deepEqual({ twice, lost, cuts, cutAt }, { twice: [], lost: [], cuts: cuts > 0 ? 1 : 0, cutAt })
        flash.bytesRead = 0
        cut.powerOn()
        most = Math.max(most, flash.bytesRead)
      }
      ok(steps > 4_000)
      ok(most < 1_500)
    })

    it(`loses and doubles nothing while it is not ready yet, ${FEW.name} (torn by ${tear})`, () => {
      const steps = stepsOf(hurriedDays, 1024)
      for (let cutAt = FEW.first; cutAt < steps; cutAt += FEW.stride) {
        const { world: cut } = cutWorld(cutAt, tear, cutAt, 1024)
        hurriedDays(cut)
        cut.deliverAll()
        const { twice, lost, cuts } = cut
        deepEqual({ twice, lost, cuts, cutAt }, { twice: [], lost: [], cuts: 1, cutAt })
      }
      ok(steps > 2_500)
    })

    it(`doubles nothing and keeps every hour where there is none (torn by ${tear})`, () => {
      const steps = stepsOf(longOutage, 256)
      for (let cutAt = BYTES.first; cutAt < steps; cutAt += BYTES.stride) {
        const { world: cut } = cutWorld(cutAt, tear, cutAt, 256)
        longOutage(cut)
        cut.deliverAll()
        deepEqual({ twice: cut.twice, cutAt }, { twice: [], cutAt })
        const hours = new Set(cut.passedOn.map((topic) => Math.floor(timeOf(topic) / 3600)))
        const missing = cut.taken
          .filter(({ written }) => written)
          .map(({ time }) => Math.floor(time / 3600))
          .filter((hour) => !hours.has(hour))
        deepEqual({ missing, cutAt }, { missing: [], cutAt })
        const newest = cut.taken.slice(-8).filter(({ written }) => written)
        deepEqual(
          newest.filter(({ topic }) => !cut.passedOn.includes(topic)).map(({ topic }) => `${topic} ${cutAt}`),
          [],
        )
      }
      ok(steps > 2_500)
    })
  }

  it('brings nothing back that was delivered, whichever bits an erase has raised by then', () => {
    const { flash, world: device } = cutWorld(1, 'byte', Number.POSITIVE_INFINITY, 512)
    device.connect()
    const erase = flash.erase.bind(flash)
    const entry = 32
    let sectors = 0
    flash.erase = (sector) => {
      if (flash.bytes[sector * 512 + 20] === 0xff) return erase(sector)
      flash.erase = erase
      for (let at = sector * 512 + 20; at + entry <= (sector + 1) * 512; at += entry) {
        equal(flash.bytes[at], 0x0f, 'not a delivered entry')
        flash.bytes[at]! |= 0x70
      }
      flash.bytes[sector * 512 + 16] = 0xff
      sectors++
      throw new PowerCut('in the first moment of an erase')
    }
    for (let i = 0; i < 150; i++) {
      device.sample()
      device.deliverAll()
    }
    equal(sectors, 1)
    deepEqual({ twice: device.twice, lost: device.lost }, { twice: [], lost: [] })
  })
})
