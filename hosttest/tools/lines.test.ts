// node only
import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { UsageError } from '../../tools/errors.js'
import { fileText, LineSplitter, textOf } from '../../tools/lines.js'

const MB = 1024 * 1024

/** A stream of pieces, which counts what was taken of it. */
function streamOf(pieces: Iterable<Buffer>): { readonly stream: Readable; readonly taken: () => number } {
  let taken = 0
  function* counted() {
    for (const piece of pieces) {
      taken += piece.length
      yield piece
    }
  }
  return { stream: Readable.from(counted()), taken: () => taken }
}

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(65_536, 0x61)
}

function linesOf(pieces: Iterable<Buffer>): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line))
  for (const piece of pieces) splitter.push(piece)
  splitter.end()
  return lines
}

describe('lines from outside', () => {
  it('are the same however they are cut into pieces', () => {
    const text = 'én\r\n\nto, with \r inside\nthe last'
    const bytes = Buffer.from(text)
    for (let size = 1; size <= bytes.length; size++) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      deepEqual(linesOf(pieces), ['én', '', 'to, with \r inside', 'the last'], `${size}`)
    }
    deepEqual(linesOf([Buffer.from('a\n')]), ['a'])
    deepEqual(linesOf([]), [])
  })

  it('are refused with their number when they do not end, and no more than the limit is taken', () => {
    let taken = 0
    const splitter = new LineSplitter(() => {})
    throws(
      () => {
        for (const piece of endless()) {
          taken += piece.length
          splitter.push(piece)
        }
      },
      (error: Error) => error instanceof UsageError && error.message === 'line 1: longer than 64 MB',
    )
    ok(taken < 66 * MB, `${taken} bytes`)
  })

  it('may be as long as the limit, to the byte', () => {
    const lines: string[] = []
    const splitter = new LineSplitter((line) => lines.push(line), 4)
    splitter.push(Buffer.from('abc\nabcd\n'))
    throws(() => splitter.push(Buffer.from('abcde')), /line 3: longer than/)
    deepEqual(lines, ['abc', 'abcd'])
  })
})

describe('a text from outside', () => {
  it('is refused when it does not end, and no more than the limit is taken', async () => {
    const { stream, taken } = streamOf(endless())
    await rejects(textOf(stream), /standard input: longer than 64 MB/)
    ok(taken() < 66 * MB, `${taken()} bytes`)
    equal(await textOf(streamOf([Buffer.from([0xc3]), Buffer.from([0xa6])]).stream), 'æ')
  })

  it('is a file of bounded length, also where the file has no end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lines-'))
    try {
      const path = join(folder, 'file')
      writeFileSync(path, 'abcæ')
      equal(fileText(path, ''), 'abcæ')
      equal(fileText(path, '', 5), 'abcæ')
      throws(() => fileText(path, '', 4), /longer than/)
    } finally {
      rmSync(folder, { recursive: true })
    }
    throws(() => fileText('/dev/zero', '--keys', MB), /^Error: \/dev\/zero: longer than 1 MB$/)
    throws(() => fileText('/nowhere/file', ''), UsageError)
  })
})
