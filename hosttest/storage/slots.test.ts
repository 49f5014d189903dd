import { deepEqual, equal, ok } from 'node:assert/strict'
import { crc16 } from '../../modules/codec/crc16.js'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { checksumOf } from '../../modules/storage/checksum.js'
import { Slots } from '../../modules/storage/slots.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { seededRandom } from '../../twin/random.js'
import { FullStorage } from '../support/full-storage.js'

const FIRST = '4d4c02000000010003616263668c268d'
const SECOND = '4d4c0200000002000378797a290f47d5'

function stored(slots: Readonly<Record<string, string>>): MemoryStorage {
  const storage = new MemoryStorage()
  for (const [name, hex] of Object.entries(slots)) storage.write(name, fromHex(hex)!)
  return storage
}

const textOf = (storage: MemoryStorage) => {
  const bytes = new Slots(storage, 'x').read()
  return bytes && String.fromCharCode(...bytes)
}

describe('the checksum of a record', () => {
  it('is CRC-16 and CRC-16/EN-13757 one after the other', () => {
    const random = seededRandom(3)
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, () => random() * 256)
      const both = ((crc16(bytes, 0, length, 0xffff) << 16) | crc16En13757(bytes, 0, length)) >>> 0
      equal(checksumOf(bytes, length), both, `of ${length} bytes`)
    }
  })
})

describe('two slots', () => {
  it('hold the bytes that every version of the firmware reads: magic, version, sequence, length, data, two CRCs', () => {
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

  it('may hold an empty record', () => equal(textOf(stored({ 'x.a': '4d4c02000000010000a92c3515' })), ''))

  it('are passed over where another magic, version or length stands under right CRCs', () => {
    for (const other of [
      '4d4d020000000900026e6ff46c7c63',
      '4d4c010000000900026e6fb66dcbe5',
      '4d4c020000000900016e6fc279546b',
      '4d4c020000000900036e6fac19a25a',
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
    deepEqual(after(undefined), { calculated: 0, saved: 0x668c268d })
    deepEqual(after(''), { calculated: 0, saved: 0x668c268d })
    deepEqual(after('668c26'), { calculated: 0, saved: 0x668c268d })
    deepEqual(after('668c268d'), { calculated: 0xffffffff, saved: 0x668c268d }, 'nothing but a checksum')
    deepEqual(after(SECOND), { calculated: 0x290f47d5, saved: 0x668c268d }, 'what another write left there')
    deepEqual(
      after(`${FIRST.slice(0, -8)}00000000`),
      { calculated: 0x668c268d, saved: 0x668c268d },
      'only the checksum is wrong',
    )
  })

  it('notice any byte that reads back differently', () => {
    for (let length = 0; length < 8; length++)
      for (let wrong = 0; wrong < 13 + length; wrong++) {
        const storage = new MemoryStorage()
        const read = storage.read.bind(storage)
        storage.read = (name) => read(name)?.map((byte, i) => (i === wrong ? byte ^ 1 : byte))
        ok(new Slots(storage, 'x').write(new Uint8Array(length)) !== undefined, `byte ${wrong} of ${13 + length}`)
      }
  })

  it('never give up the newer record for a write that fails', () => {
    const storage = new FullStorage()
    const slots = new Slots(storage, 'x')
    slots.write(encodeUtf8('abc'))
    slots.write(encodeUtf8('xyz'))
    storage.isFull = true
    for (let i = 0; i < 5; i++) equal(slots.write(encodeUtf8('abc'))?.calculated, 0)
    equal(textOf(storage), 'xyz')
    storage.isFull = false
    equal(slots.write(encodeUtf8('new')), undefined)
    equal(textOf(storage), 'new')
  })
})
