import { deepEqual } from 'node:assert/strict'
import { provisionedPartition } from '../../image/provision.js'
import { flashBoard } from '../../site/flash/flasher.js'
import type { Wish } from '../../site/flash/parts.js'
import { FastTimers } from '../support/fast-timers.js'
import { firmware } from './flash-files.js'
import { SimulatedBoard } from './rom/board.js'
import { FakePort } from './rom/fake-port.js'

const KEY = '00112233445566778899aabbccddeeff'

describe('flashing a board from the browser', () => {
  const timers = new FastTimers()
  before(() => timers.install())
  after(() => timers.restore())

  const provision = provisionedPartition({
    key: KEY,
    serial: '7000001',
    network: { ssid: 'cellar', password: 'very secret' },
  })
  const all: Wish = { firmware: firmware(), provision, erasesJournal: false }

  /** What is said and done meanwhile. */
  function watcher() {
    const steps: string[] = []
    const progress: number[] = []
    return {
      steps,
      progress,
      onStep: (text: string) => void steps.push(text),
      onProgress: (done: number) => void progress.push(done),
    }
  }

  it('writes the files byte for byte at their offsets, and the board starts', async () => {
    const board = new SimulatedBoard('esp32')
    const watch = watcher()
    deepEqual(await flashBoard(new FakePort(board).asPort, all, watch), { ok: true, value: undefined })
    deepEqual(board.boot().slice(-1), ['serial 7000001, a key'])
  })
})
