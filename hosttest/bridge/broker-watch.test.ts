import { deepEqual } from 'node:assert/strict'
import { BrokerWatch } from '../../bridge/broker-watch.js'

describe('the broker’s limits', () => {
  let lines: string[]
  let now: number
  let watch: BrokerWatch

  beforeEach(() => {
    lines = []
    now = 0
    watch = new BrokerWatch({ shown: 'mqtt://broker', now: () => now, say: (line) => lines.push(line) })
  })

  /** So many messages come, and all are acknowledged together, so many times. */
  function rounds(count: number, messages: number, ms: number) {
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < messages; k++) watch.onMessage()
      for (let k = 0; k < messages; k++) watch.onAcknowledged()
      now += ms
    }
  }

  it('show when the same number waits again and again, and are named once', () => {
    rounds(200, 20, 10)
    deepEqual(lines, [
      'mqtt://broker: the broker sends no more than 20 messages at once, which holds this bridge back (max_inflight_messages)',
    ])
  })

  it('do not show in what comes by itself, nor where they are wide enough', () => {
    rounds(200, 20, 60_000)
    rounds(200, 3, 10)
    rounds(200, 500, 10)
    for (let i = 0; i < 200; i++) rounds(1, 20 + (i % 40), 10)
    deepEqual(lines, [])
  })

  it('show in the count of what was dropped, a line for each doubling, again after a restart of the broker', () => {
    for (const text of ['0', '', 'x', '1', '1', '2', '3', '4', '0', '1']) watch.onDropped(text)
    deepEqual(
      lines.map((line) => /dropped ([0-9]+) messages/.exec(line)?.[1]),
      ['1', '2', '4', '1'],
    )
  })

  it('show in a session that is gone, but not in the first one', () => {
    watch.onConnected(false, false)
    watch.onConnected(true, false)
    deepEqual(lines, [])
    watch.onConnected(false, false)
    watch.onConnected(false, true)
    deepEqual(lines.length, 2)
  })
})
