// node only
import { deepEqual, equal, throws } from 'node:assert/strict'
import { nvsPartition } from '../../image/nvs.js'
import { NvsReader } from '../support/nvs-reader.js'

const blobOf = (length: number) => Uint8Array.from({ length }, (_, i) => (7 * i + length) & 0xff)

describe('an NVS partition', () => {
  it('has the blobs that went into it, of every length that a page holds', () => {
    for (const length of [1, 2, 31, 32, 33, 63, 64, 65, 1000, 3935, 3936]) {
      const partition = nvsPartition(0x6000, 'domain', new Map([['some.key', blobOf(length)]]))
      const reader = new NvsReader(partition)
      deepEqual([partition.length, reader.pages], [0x6000, 1])
      deepEqual(reader.blob('domain', 'some.key'), blobOf(length))
      equal(reader.blob('domain', 'some.other'), undefined)
      equal(reader.blob('other', 'some.key'), undefined)
    }
  })

  it('may have several, under keys of up to 15 characters', () => {
    const blobs = new Map([
      ['a', blobOf(5)],
      ['exactly.15.char', blobOf(300)],
      ['settings.b', blobOf(64)],
    ])
    const reader = new NvsReader(nvsPartition(0x3000, 'meterlogger', blobs))
    for (const [key, blob] of blobs) deepEqual(reader.blob('meterlogger', key), blob)
  })

  it('takes no longer key, none that is empty, and no more than a page', () => {
    for (const [key, length] of [
      ['sixteen.letters.', 1],
      ['', 1],
      ['a', 3937],
    ] as const)
      throws(() => nvsPartition(0x3000, 'domain', new Map([[key, blobOf(length)]])), RangeError)
  })

  /**
   * Checked by hand: ESP-IDF's generator, as of v5.2 (nvs_partition_gen.py), makes the same first page of blobs of 1, 31, 32,
   * 33, 353, 500 and 3936 bytes, byte by byte, but for its first one: it marks the page full. It gives the other pages headers,
   * which NVS writes when it takes them. ESP-IDF's checker of v6.0 (nvs_tool.py -i) finds nothing wrong with a partition of
   * `image provision`.
   */
  it('is this one', () => {
    const bytes = nvsPartition(0x2000, 'meterlogger', new Map([['settings.b', Uint8Array.of(1)]]))
    const hex = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('hex')
    equal(hex(0, 34), `feffffff00000000fe${'ff'.repeat(19)}842dbab9aaff`)
    deepEqual(
      [0, 1, 2, 3].map((entry) => hex(64 + 32 * entry, 96 + 32 * entry)),
      [
        '000101ff8cebaf916d657465726c6f67676572000000000001ffffffffffffff',
        '01420200bd9421bf73657474696e67732e620000000000000100ffff69cff888',
        '01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
        '014801ff2325688573657474696e67732e62000000000000010000000100ffff',
      ],
    )
  })
})
