// node only
import { equal, match } from 'node:assert/strict'
import { Progress, timeLeft } from '../../tools/progress.js'

/** What a function writes to standard error, which is a terminal or is none, `ms` after it was begun. */
function shown(isTTY: boolean, ms: number, play: (progress: Progress) => void): string {
  const { stderr } = process
  const { isTTY: before, write } = stderr
  const { now } = performance
  let text = ''
  try {
    stderr.isTTY = isTTY
    stderr.write = ((chunk: string) => {
      text += chunk
      return true
    }) as typeof write
    const progress = new Progress(() => '3 of 4')
    performance.now = () => now.call(performance) + ms
    play(progress)
  } finally {
    stderr.isTTY = before
    stderr.write = write
    performance.now = now
  }
  return text
}

describe('the progress of what takes long', () => {
  const flushAndEnd = (progress: Progress) => {
    void progress.flush()
    progress.end()
  }

  it('is one line on a terminal, from two seconds on, and goes when it is over', () => {
    equal(shown(true, 2_000, flushAndEnd), '\r\u001b[K3 of 4 \r\u001b[K')
    equal(shown(true, 1_000, flushAndEnd), '')
    equal(shown(false, 60_000, flushAndEnd), '')
  })

  it('is written anew twice a second', () => {
    const text = shown(true, 2_000, (progress) => {
      for (let i = 0; i < 100; i++) void progress.flush()
    })
    equal(text, '\r\u001b[K3 of 4 ')
  })

  it('says how long the rest takes at the pace so far, as soon as there is one', () => {
    const ago = (ms: number) => performance.now() - ms
    equal(timeLeft(0, ago(5_000)), '')
    equal(timeLeft(Number.NaN, ago(5_000)), '')
    match(timeLeft(0.25, ago(10_000)), /^, about 30 s left$/)
    match(timeLeft(0.5, ago(600_000)), /^, about 10 min left$/)
    match(timeLeft(0.02, ago(3_600_000)), /^, about 49 h left$/)
  })
})
