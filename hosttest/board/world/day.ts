import '../../xs/shim/buffer.js'
import { RECOVERABLE } from '../../../bench/recovery.js'
import type { NetworkWorld } from '../../../twin/faults.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { isWell } from './journey.js'
import { testTwin } from './test-twin.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Live bytes of the board's machine. */
function live(): number {
  collect()
  return stat(0) + stat(2) * stat(4)
}

/**
 * A day in which something of the network fails every other hour for ten minutes, with commands between. Prints what was
 * delivered and what the board's memory was after each hour.
 */
export async function dayOfFaults(seed: number): Promise<void> {
  const device = testTwin()
  // The faults are written for the twin; the board's world has the same names.
  const world = { ...device, random: () => 0.5 } as unknown as NetworkWorld
  const { clock, board, messages, ask, online } = device
  await online()
  const memory: number[] = []
  for (let hour = 0; hour < 24; hour++) {
    const found = RECOVERABLE[(hour / 2 + seed) % RECOVERABLE.length]
    if (hour % 2 === 0 && found !== undefined && !found.fromPowerOn) {
      await clock.run(10 * MINUTE)
      const end = found.fault.begin(world, 10 * MINUTE)
      await clock.run(10 * MINUTE)
      end()
      await clock.run(HOUR - 20 * MINUTE)
    } else {
      ok((await ask('ping', '1', 2_000)).includes('ping'), `ping in hour ${hour}`)
      await clock.run(HOUR - 2_000)
    }
    memory.push(live())
    board.outside.broker.received.length = 0
  }
  isWell(board)
  const times = messages('sample').map(({ time }) => time)
  equal(new Set(times).size, times.length, 'samples that came twice')
  times.sort((a, b) => a - b)
  const gaps = times.slice(1).filter((time, i) => time - times[i]! > 75)
  equal(gaps.join(), '', 'minutes without a sample')
  print(
    JSON.stringify({ samples: times.length, boots: board.hardware.boots, memory, queue: board.hardware.deepestQueue }),
  )
}
