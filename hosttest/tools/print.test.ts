// node only
import { equal } from 'node:assert/strict'
import { print, say, sayLine } from '../../tools/print.js'
import { tellReply } from '../../tools/send.js'

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

  it('is a word about an empty reply where a person looks on, and the empty line alone for programs', () => {
    const reply = (stream: 'stdout' | 'stderr', isTTY: boolean, text: string) =>
      written(stream, isTTY, () => tellReply('ping', { state: 'answered', text }, 10_000))
    const other = (stream: 'stdout' | 'stderr', isTTY: boolean, text: string) => {
      let given = ''
      written(stream === 'stdout' ? 'stderr' : 'stdout', false, () => {
        given = reply(stream, isTTY, text)
      })
      return given
    }
    equal(other('stderr', true, ''), 'the device has done ping; its reply is empty\n')
    equal(other('stderr', false, ''), '')
    equal(other('stderr', true, 'x'), '')
    equal(other('stdout', true, ''), '\n')
    equal(other('stdout', false, ''), '\n')
  })
})
