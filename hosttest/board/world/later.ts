import '../../xs/shim/buffer.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { RESET } from './hardware.js'
import { isWell } from './journey.js'
import { testTwin } from './test-twin.js'

const WRAP = 2 ** 32

/** A whole second and what a restart takes. */
const INEXACT = 2

/**
 * A board that is switched on in such a year: samples, a command, a restart by power; and one by the firmware, after which it
 * has but the time that it kept. Prints `well`.
 */
export async function inYear(year: number): Promise<void> {
  const unix = Date.UTC(year, 6, 1, 12)
  const { clock, board, messages, ask, online, twin } = testTwin({}, { unix })
  await online()
  const { sets } = board.time
  ok(sets > 0, `the time server's answer in ${year} set no clock: ${board.outside.time.asked} questions were asked`)
  await clock.run(120_000)
  const times = () => messages('sample').map(({ time }) => time - unix / 1000)
  areTrue("with the time server's answer", times(), 0, clock.now() / 1000)
  ok(times().length >= 2, `${times().length} samples`)
  equal((await ask('ping')).join(), 'ping')
  twin.powerCut(5_000)
  let before = times().length
  await clock.run(60_000)
  ok(times().length > before, 'samples after a power cut')

  board.outside.time.silent = true
  before = times().length
  const restart = clock.now() / 1000
  board.hardware.restart(RESET.software)
  await clock.run(120_000)
  ok(times().length > before, 'samples after a restart, while no time server answers')
  areTrue('with the time kept over a restart', times().slice(before), restart, clock.now() / 1000)
  isWell(board)
  print('well')
}

/** Samples that bear times between these, in seconds since power-on. */
function areTrue(what: string, times: readonly number[], from: number, to: number): void {
  const wrong = times.filter((time) => time < from - INEXACT || time > to + INEXACT)
  const wraps = wrong.filter((time) => Math.round(time / WRAP) !== 0)
  const cause = wraps.length === 0 ? '' : ': unix seconds were cut to 32 bits'
  equal(wrong.join(', '), '', `${what}, samples are dated ${wrong.join(', ')} s after power-on${cause}`)
}
