import { deepEqual, equal, match } from 'node:assert/strict'
import { watchLog } from '../../site/flash/log.js'
import { FastTimers } from '../support/fast-timers.js'
import { SimulatedBoard } from './rom/board.js'
import { FakePort } from './rom/fake-port.js'

describe('the log of a board in the browser', () => {
  const timers = new FastTimers()
  before(() => timers.install())
  after(() => timers.restore())

  function watch(board = new SimulatedBoard()) {
    const port = new FakePort(board)
    const lines: string[] = []
    const stop = new AbortController()
    const result = watchLog(port.asPort, (line) => void lines.push(line), stop.signal)
    /** Lets a time pass that is more than a reset takes. */
    const passes = () => new Promise((resolve) => setTimeout(resolve, 200))
    const send = (text: string) => board.onBytes(new TextEncoder().encode(text), 115_200)
    return { port, lines, stop, result, passes, send }
  }

  it('starts the board anew, shows its lines, and lets go of the port when it is told to', async () => {
    const { port, lines, stop, result, passes, send } = watch()
    await passes()
    deepEqual(lines, ['rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)', 'invalid header: 0xffffffff'])
    send('\u001b[0;33mW (1) no k')
    send('ey yet: pæssword\u001b[0m\r\nnext\u0007\u202e\nrest')
    await passes()
    deepEqual(lines.slice(2), ['W (1) no key yet: pæssword', 'next\\u0007\\u202e'])
    stop.abort()
    deepEqual(await result, { ok: true, value: undefined })
    deepEqual(lines.slice(4), ['rest'])
    equal(port.readable, null)
  })

  it('goes on after noise', async () => {
    const { port, lines, stop, result, passes, send } = watch()
    await passes()
    port.disturb()
    await passes()
    send('still here\n')
    await passes()
    equal(lines.at(-1), 'still here')
    stop.abort()
    deepEqual(await result, { ok: true, value: undefined })
  })

  it('does not grow with a line that never ends', async () => {
    const { lines, stop, result, passes, send } = watch()
    await passes()
    for (let i = 0; i < 10; i++) send('x'.repeat(200))
    await passes()
    stop.abort()
    await result
    equal(Math.max(...lines.map((line) => line.length)) <= 300, true)
  })

  it('says so when the cable comes out, or the port is taken', async () => {
    const { port, result, passes } = watch()
    await passes()
    port.unplug()
    match(JSON.stringify(await result), /The cable came out/)
    const taken = new FakePort(new SimulatedBoard())
    taken.refusal = new DOMException('Failed to open serial port.', 'NetworkError')
    match(JSON.stringify(await watchLog(taken.asPort, () => {}, new AbortController().signal)), /cannot be opened/)
  })

  it('ends where it is stopped before it began', async () => {
    const { port, stop, result } = watch()
    stop.abort()
    deepEqual(await result, { ok: true, value: undefined })
    equal(port.readable, null)
  })
})
