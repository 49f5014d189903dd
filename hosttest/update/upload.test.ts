// node only
import { equal, match, ok } from 'node:assert/strict'
import { HEAD } from '../../modules/update/manifest.js'
import { NEW, newFile, OLD, UpdateUnit, URL } from '../support/update-unit.js'

const MINUTE = 60_000

describe('an image that somebody uploads', () => {
  for (const piece of [1, 7, 500, 511, 512, 513, 1024])
    it(`in pieces of ${piece} bytes is checked and started`, async () => {
      const unit = new UpdateUnit()
      const file = newFile({ size: piece === 1 ? 2_000 : 20_000 })
      equal(unit.upload(file, piece), file.length)
      await unit.clock.run(10_000)
      equal(unit.told.at(-1), 'state=restarting&version=0.2.0')
      await unit.boot()
      equal(unit.slots.running, 1)
    })

  it('is told to the broker as one that was fetched', async () => {
    const unit = new UpdateUnit()
    unit.upload(newFile())
    await unit.clock.run(10_000)
    match(
      unit.told.join(' '),
      /^state=accepted&version=0.2.0 state=fetching&version=0.2.0&percent=10 .*percent=90 state=restarting/,
    )
  })

  it('shows how far it has come', () => {
    const unit = new UpdateUnit()
    const file = newFile()
    unit.upload(file.subarray(0, HEAD + (file.length - HEAD) / 2))
    equal(JSON.stringify(unit.update.progress), '{"at":"fetching","version":"0.2.0","percent":50,"reason":""}')
    equal(unit.isUpdating, true)
  })

  it('passes over pieces that come again, or out of order', async () => {
    const unit = new UpdateUnit()
    const file = newFile()
    let next: number | undefined = unit.update.upload(0, file.slice(0, 1000))
    equal(next, 1000)
    equal(unit.update.upload(500, file.slice(500, 1500)), 1000)
    equal(unit.update.upload(3000, file.slice(3000, 4000)), 1000)
    equal(unit.update.upload(1000, new Uint8Array(0)), 1000)
    while (next !== undefined) {
      const at: number = next
      next = unit.update.upload(at, file.slice(at, at + 1000))
      if (next !== undefined) equal(unit.update.upload(at, file.slice(at, at + 1000)), next)
    }
    await unit.clock.run(10_000)
    equal(unit.told.at(-1), 'state=restarting&version=0.2.0')
  })

  it('goes on where an upload, a fetch or a power cut left it', async () => {
    const unit = new UpdateUnit()
    const file = newFile({ size: 300_000 })
    unit.upload(file.subarray(0, 150_000))
    await unit.boot()
    const sent = unit.upload(file)
    ok(sent < 300_000 - 2 * 65_536 + 2_000, `${sent} bytes sent`)
    await unit.clock.run(10_000)
    equal(unit.told.at(-1), 'state=restarting&version=0.2.0')
  })

  it('ends after a minute in which nothing came', async () => {
    const unit = new UpdateUnit()
    unit.upload(newFile().subarray(0, 10_000))
    await unit.clock.run(MINUTE - 1_000)
    equal(unit.update.progress.at, 'fetching')
    await unit.clock.run(2_000)
    equal(unit.told.at(-1), 'state=failed&version=0.2.0&reason=network: nothing came any more')
    equal(unit.isUpdating, false)
    equal(unit.update.upload(10_000, new Uint8Array(100)), undefined)
  })

  it('does not take what comes after the image', async () => {
    const unit = new UpdateUnit()
    const file = newFile()
    const longer = new Uint8Array(file.length + 700)
    longer.set(file)
    unit.upload(longer)
    await unit.clock.run(10_000)
    equal(unit.told.at(-1), 'state=restarting&version=0.2.0')
  })

  for (const [what, file, reason] of [
    ['nobody has signed', new Uint8Array(20_000).fill(0x41), 'no signed update'],
    ['is for another board', newFile({}, { variant: 'other' }), 'other variant'],
    ['is older', newFile({ version: '0.0.9' }), 'older than what runs'],
    ['runs already', newFile({ version: OLD }), 'the same version runs'],
  ] as const)
    it(`that ${what} is refused on the page alone: flash and broker do not notice`, () => {
      const unit = new UpdateUnit()
      const writes = unit.storage.writes('')
      for (let i = 0; i < 50; i++) {
        ok(unit.upload(file) <= 1024)
        equal(unit.update.progress.reason, reason)
      }
      equal(unit.storage.writes(''), writes)
      equal(unit.told.length, 0)
      equal(unit.simulated.images[1].covered.length, 0)
    })

  it('with another content than was signed is refused, with its reason', async () => {
    const unit = new UpdateUnit()
    const file = newFile()
    file[10_000]! ^= 1
    unit.upload(file)
    await unit.clock.run(10_000)
    equal(unit.told.at(-1), 'state=refused&version=0.2.0&reason=wrong hash')
    equal(unit.update.progress.reason, 'wrong hash')
    unit.upload(newFile())
    await unit.clock.run(10_000)
    equal(unit.told.at(-1), 'state=restarting&version=0.2.0')
  })

  it('waits for one that a command has asked for; a command goes before it', async () => {
    const unit = new UpdateUnit()
    const file = newFile({ size: 200_000 })
    unit.offer(file)
    await unit.clock.run(2_000)
    equal(unit.update.upload(0, file.slice(0, 1024)), undefined)
    equal(unit.update.progress.at, 'fetching')
    equal(unit.update.progress.reason, 'busy')
    await unit.clock.run(2 * MINUTE)
    equal(unit.told.at(-1), 'state=restarting&version=0.2.0')

    const other = new UpdateUnit()
    other.upload(newFile().subarray(0, 10_000))
    match(other.offer(newFile()), /state=accepted/)
    equal(other.update.upload(10_000, newFile().slice(10_000, 11_000)), undefined)
    await other.clock.run(MINUTE)
    equal(other.told.at(-1), 'state=restarting&version=0.2.0')
  })

  it('needs the broker, without which a new image would go back', () => {
    const unit = new UpdateUnit()
    unit.brokerConnected = false
    equal(unit.upload(newFile()), 1024)
    equal(unit.update.progress.reason, 'network: the broker is not connected')
  })

  it('cannot be begun over and over until flash is worn', () => {
    const unit = new UpdateUnit()
    const erase = unit.simulated.images[1].erase.bind(unit.simulated.images[1])
    let erases = 0
    unit.simulated.images[1].erase = (sector) => {
      erases++
      return erase(sector)
    }
    const files = [newFile(), newFile({ seed: 2 })]
    const writes = unit.storage.writes('')
    for (let i = 0; i < 2_000; i++) unit.update.upload(0, files[i % 2]!.slice(0, 1024))
    ok(erases <= 500, `${erases} erases`)
    ok(unit.storage.writes('') - writes <= 500)
    equal(unit.update.progress.reason, 'busy')
  })

  it('does not begin on probation', async () => {
    const unit = new UpdateUnit()
    await unit.run(newFile(), NEW, false, 30_000)
    await unit.boot()
    equal(unit.upload(newFile({ version: '0.3.0' })), 1024)
    equal(unit.update.progress.at, 'probation')
    equal(unit.update.offer({ version: '0.3.0', url: URL, force: true }), 'state=refused&version=0.3.0&reason=busy')
  })
})
