import { deepEqual, equal } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { Slots } from '../../modules/storage/slots.js'
import { MemoryStorage } from '../../twin/memory-storage.js'

const FIRST = '4d4c01000000010003616263d743'
const SECOND = '4d4c0100000002000378797a98c0'

function stored(slots: Readonly<Record<string, string>>): MemoryStorage {
  const storage = new MemoryStorage()
  for (const [name, hex] of Object.entries(slots)) storage.write(name, fromHex(hex)!)
  return storage
}

const textOf = (storage: MemoryStorage) => {
  const bytes = new Slots(storage, 'x').read()
  return bytes && String.fromCharCode(...bytes)
}

describe('two slots', () => {
  it('hold the bytes that every version of the firmware reads: magic, version, sequence, length, data, CRC', () => {
    const storage = new MemoryStorage()
    const slots = new Slots(storage, 'x')
    equal(slots.write(encodeUtf8('abc')), undefined)
    equal(slots.write(encodeUtf8('xyz')), undefined)
    deepEqual([toHex(storage.read('x.b')!), toHex(storage.read('x.a')!)], [FIRST, SECOND])
  })

  it('give the newer record, in whichever slot it is, and give it again', () => {
    equal(textOf(stored({ 'x.a': SECOND, 'x.b': FIRST })), 'xyz')
    equal(textOf(stored({ 'x.a': FIRST, 'x.b': SECOND })), 'xyz')
    const slots = new Slots(stored({ 'x.a': SECOND, 'x.b': FIRST }), 'x')
    slots.read()
    equal(String.fromCharCode(...slots.read()!), 'xyz')
    equal(textOf(stored({ 'x.a': FIRST })), 'abc')
    equal(textOf(stored({ 'x.b': FIRST })), 'abc')
    equal(textOf(stored({})), undefined)
  })

  it('may hold an empty record', () => equal(textOf(stored({ 'x.a': '4d4c0100000001000071ae' })), ''))

  it('are passed over where another magic, version or length stands under a right CRC', () => {
    for (const other of [
      '4d4d010000000900026e6fd928',
      '4d4c020000000900026e6f9b29',
      '4d4c010000000900016e6fef3d',
      '4d4c010000000900036e6f815d',
    ])
      equal(textOf(stored({ 'x.a': FIRST, 'x.b': other })), 'abc', other)
  })

  it('tell the sums of a write that does not read back', () => {
    const after = (read: string | undefined) => {
      const storage = new MemoryStorage()
      storage.read = () => (read === undefined ? undefined : fromHex(read)!)
      return new Slots(storage, 'x').write(encodeUtf8('abc'))
    }
    equal(after(FIRST), undefined)
    deepEqual(after(undefined), { calculated: 0, saved: 0xd743 })
    deepEqual(after(''), { calculated: 0, saved: 0xd743 })
    deepEqual(after('d7'), { calculated: 0, saved: 0xd743 })
    deepEqual(after('d743'), { calculated: 0xffff, saved: 0xd743 }, 'nothing but a checksum')
    deepEqual(after(SECOND), { calculated: 0x98c0, saved: 0xd743 }, 'what another write left there')
    deepEqual(after(`${FIRST.slice(0, -4)}0000`), { calculated: 0xd743, saved: 0xd743 }, 'only the checksum is wrong')
  })
})
