// node only
import { equal } from 'node:assert/strict'
import { print, say, sayLine } from '../../tools/print.js'

const HOSTILE = 'Cellar\u001b[2J\u202egnp'
const SHOWN = 'Cellar\\u001b[2J\\u202egnp'

/** What a function writes to a stream, which is a terminal or is none. */
function written(name: 'stdout' | 'stderr', isTTY: boolean, write: () => void): string {
  const stream = process[name]
  const before = { isTTY: stream.isTTY, write: stream.write }
  let text = ''
  try {
    stream.isTTY = isTTY
    stream.write = ((chunk: string) => {
      text += chunk
      return true
    }) as typeof stream.write
    write()
  } finally {
    stream.isTTY = before.isTTY
    stream.write = before.write
  }
  return text
}

describe('what the command line prints', () => {
  it('is exact in a pipe, and harmless on a terminal', () => {
    equal(
      written('stdout', false, () => print(HOSTILE)),
      `${HOSTILE}\n`,
    )
    equal(
      written('stdout', true, () => print(HOSTILE)),
      `${SHOWN}\n`,
    )
  })

  it('is harmless in every log', () => {
    for (const isTTY of [false, true]) {
      equal(
        written('stderr', isTTY, () => say(`${HOSTILE}\nmore`)),
        `${SHOWN}\nmore\n`,
      )
      equal(
        written('stderr', isTTY, () => sayLine(`${HOSTILE}\nmore`)),
        `${SHOWN}\\u000amore\n`,
      )
    }
  })
})
