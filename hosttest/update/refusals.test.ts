// node only
import { equal, match, ok } from 'node:assert/strict'
import { toHex } from '../../modules/codec/hex.js'
import { decodeUtf8 } from '../../modules/codec/utf8.js'
import { HEAD, type Manifest } from '../../modules/update/manifest.js'
import { refusalOf } from '../../modules/update/refusal.js'
import { makeImage, sha256 } from '../../twin/image.js'
import { SLOT_SIZE } from '../../twin/slots.js'
import { signed } from '../support/update.js'
import { NEW, newFile, OLD, UpdateUnit, URL } from '../support/update-unit.js'

const DAY = 86_400_000

/** What a signed head says, and why it is not for this device. */
const HEADS: readonly (readonly [changes: Partial<Manifest>, reason: string])[] = [
  [{ project: 'thermostat' }, 'other project'],
  [{ chip: 'esp32c3' }, 'other chip'],
  [{ variant: 'daughterboard' }, 'other variant'],
  [{ length: SLOT_SIZE + 1 }, 'too large'],
  [{ version: '0.0.9' }, 'older than what runs'],
  [{ version: '0.1.0-rc.1' }, 'older than what runs'],
  [{ version: OLD }, 'the same version runs'],
  [{ version: '0.1.0+other' }, 'the same version runs'],
  [{ sha256: 'ab'.repeat(32) }, 'wrong hash'],
]

function flipped(file: Uint8Array, at: number): Uint8Array {
  const changed = file.slice()
  changed[at]! ^= 1
  return changed
}

/** The same file with another digit in its signature. */
function resigned(file: Uint8Array): Uint8Array {
  const at = decodeUtf8(file.subarray(0, HEAD)).indexOf('signature=') + 'signature='.length
  const changed = file.slice()
  changed[at] = changed[at] === 0x31 ? 0x32 : 0x31
  return changed
}

/** Files that nobody has signed as they are. */
const FILES: readonly (readonly [what: string, file: Uint8Array, reason: string])[] = [
  ['no head', makeImage({ version: NEW, size: 20_000 }), 'no signed update'],
  ['another signature', resigned(newFile()), 'bad signature'],
  ['a changed version in the head', flipped(newFile(), 70), 'bad signature|no signed update'],
  ['a changed first byte of the image', flipped(newFile(), HEAD), 'wrong hash'],
  ['a changed last byte of the image', flipped(newFile(), newFile().length - 1), 'wrong hash'],
]

/** Nothing of what was refused starts, it is told with its reason, and the next command is taken. */
async function isRefused(unit: UpdateUnit, text: string, reason: string): Promise<void> {
  match(text, new RegExp(`^state=(refused|failed)&version=[^&]*&reason=(${reason})$`))
  equal(unit.restarts, 0)
  equal(unit.isUpdating, false)
  await unit.boot()
  equal(unit.slots.running, 0, 'the old image runs')
  match(await unit.run(newFile(), NEW), /state=restarting&version=0.2.0/)
  equal(unit.restarts, 1)
}

describe('an update is refused, with its reason,', () => {
  for (const [changes, reason] of HEADS)
    it(`when its head says ${JSON.stringify(changes)}`, async () => {
      const unit = new UpdateUnit()
      await isRefused(unit, await unit.run(newFile({}, changes), changes.version ?? NEW), reason)
    })

  for (const [what, file, reason] of FILES)
    it(`when it has ${what}`, async () => {
      const unit = new UpdateUnit()
      await isRefused(unit, await unit.run(file), reason)
    })

  it('when the file is of another version than the command says', async () => {
    const unit = new UpdateUnit()
    await isRefused(unit, await unit.run(newFile(), '0.3.0'), 'the file is version 0.2.0')
  })

  it('when the server has less than the head says, after a week', async () => {
    const unit = new UpdateUnit()
    const file = newFile({}, { length: 30_000 })
    match(await unit.run(file, NEW, false, 6 * DAY), /state=fetching/)
    await unit.clock.run(2 * DAY)
    await isRefused(unit, unit.told.at(-1)!, 'network: another length')
  })

  it('when the server has no such file', async () => {
    const unit = new UpdateUnit()
    unit.update.offer({ version: NEW, url: 'http://updates/none', force: false })
    await unit.clock.run(120_000)
    await isRefused(unit, unit.told.at(-1)!, 'network: HTTP 404')
  })

  for (const url of [
    'https://updates/file',
    'ftp://updates/file',
    'http://',
    'http://a b/',
    'http://updates:0/file',
    'http://updates:65536/f',
    `http://updates/${'a'.repeat(255)}`,
  ])
    it(`when the address is ${url.slice(0, 40)}`, async () => {
      const unit = new UpdateUnit()
      await isRefused(unit, unit.update.offer({ version: NEW, url, force: false }), 'url: .*')
    })

  it('on a board with one slot, and on one without a key', () => {
    equal(new UpdateUnit({ slots: undefined }).offer(newFile()), 'state=refused&version=0.2.0&reason=no second slot')
    equal(new UpdateUnit({ updateKey: undefined }).offer(newFile()), 'state=refused&version=0.2.0&reason=no update key')
  })

  it('while another one restarts, and on probation', async () => {
    const unit = new UpdateUnit()
    await unit.run(newFile(), NEW, false, 20_000)
    const busy = 'state=refused&version=0.3.0&reason=busy'
    await unit.boot()
    equal(unit.slots.isOnProbation, true)
    equal(unit.update.offer({ version: '0.3.0', url: URL, force: false }), busy)
  })

  it('when so much was written of late that flash is to be spared', () => {
    const unit = new UpdateUnit()
    for (let i = 0; i < 500; i++) unit.budget.spend()
    equal(unit.offer(newFile()), 'state=refused&version=0.2.0&reason=busy')
  })

  for (const what of ['erase', 'write', 'read'] as const)
    it(`when flash does not ${what}`, async () => {
      const unit = new UpdateUnit()
      const flash = unit.simulated.images[1]
      const original = { [what]: flash[what] }
      Object.assign(flash, { [what]: () => false })
      const text = await unit.run(newFile())
      Object.assign(flash, original)
      await isRefused(unit, text, 'flash')
    })

  it('when flash does not take the record of it', () => {
    const unit = new UpdateUnit()
    unit.storage.write = () => false
    equal(unit.offer(newFile()), 'state=refused&version=0.2.0&reason=flash')
    ok(unit.flashErrors > 0)
    equal(unit.http.connections, 0)
  })

  it('when the boot loader would not start what is signed', async () => {
    const image = makeImage({ version: NEW, size: 20_000 })
    const broken = flipped(image, 5_000)
    const unit = new UpdateUnit()
    const file = signed(image, { sha256: toHex(sha256(broken)) })
    file.set(broken, HEAD)
    await isRefused(unit, await unit.run(file), 'the boot loader would not start it')
  })
})

describe('an image', () => {
  it('may be as large as the slot, and not a byte larger', () => {
    const runs = { project: 'xs_esp32', chip: 'esp32', variant: 'none', version: OLD }
    const of = (length: number) =>
      refusalOf(
        { ...runs, version: NEW, length, sha256: 'ab'.repeat(32) },
        { runs, room: 20_000, failed: undefined, request: undefined },
      )
    equal(of(20_000), undefined)
    equal(of(20_001), 'too large')
  })
})

describe('a refusal', () => {
  it('is told each time, also a minute within the one before', async () => {
    const unit = new UpdateUnit()
    for (let i = 1; i <= 3; i++) {
      unit.offer(newFile({}, { chip: 'esp32c3' }))
      await unit.clock.run(5_000)
      equal(unit.told.filter((text) => text.includes('other chip')).length, i)
    }
  })

  it('waits for the broker over a restart, and is told once', async () => {
    const unit = new UpdateUnit()
    unit.brokerConnected = false
    unit.offer(newFile({}, { chip: 'esp32c3' }))
    await unit.clock.run(5_000)
    await unit.boot()
    equal(unit.told.length, 0)
    unit.brokerConnected = true
    unit.update.onConnected()
    await unit.clock.run(1_000)
    unit.update.onConnected()
    await unit.clock.run(120_000)
    await unit.boot()
    unit.update.onConnected()
    equal(unit.told.join(' '), 'state=refused&version=0.2.0&reason=other chip')
  })
})

describe('force', () => {
  for (const version of ['0.0.9', OLD])
    it(`installs version ${version} over ${OLD}`, async () => {
      const unit = new UpdateUnit()
      match(await unit.run(newFile({ version }), version, true), /state=restarting/)
    })

  it('makes nothing good that is for another board', async () => {
    const unit = new UpdateUnit()
    match(await unit.run(newFile({}, { variant: 'other' }), NEW, true), /reason=other variant/)
  })
})
