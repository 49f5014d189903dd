import '../../xs/shim/buffer.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { isWell } from './journey.js'
import { testTwin } from './test-twin.js'

/** A board that is switched on in such a year: samples, a command, a restart by power. Prints `well`. */
export async function inYear(year: number): Promise<void> {
  const unix = Date.UTC(year, 6, 1, 12)
  const { clock, board, messages, ask, online, twin } = testTwin({}, { unix })
  await online()
  const { sets } = board.time
  ok(sets > 0, `the time server's answer in ${year} set no clock: ${board.outside.time.asked} questions were asked`)
  await clock.run(120_000)
  const times = messages('sample').map(({ time }) => time - unix / 1000)
  ok(
    times.length >= 2 && times.every((time) => time >= 0 && time <= 140),
    `samples at ${times.join(', ')} s after power-on`,
  )
  equal((await ask('ping')).join(), 'ping')
  twin.powerCut(5_000)
  const before = messages('sample').length
  await clock.run(60_000)
  ok(messages('sample').length > before, 'samples after a power cut')
  isWell(board)
  print('well')
}
