import '../../xs/shim/buffer.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { Board } from './board.js'
import { isWell, lastSample, sampled, setUp, until } from './journey.js'

const MINUTE = 60_000

/** What the form of an impulse meter says. */
const START = 1234.5
const IMPULSES_PER_UNIT = 1000

/** From the box to the first sample, a quarter of an hour, a restart by power, and the first sample again. Prints `well`. */
export async function factoryNew(form: string, flags: Readonly<Record<string, string>>): Promise<void> {
  const name = flags.IMPULSE === '1' ? 'EL_1234567' : flags.FLOWIQ === '1' ? 'KAM_12345678' : 'KAM_1234567'
  const board = new Board({ flags })
  const { clock, hardware, outside } = board
  hardware.powerOn()
  const impulse = () => {
    if (flags.IMPULSE === '1') board.impulse()
    clock.set(impulse, 20_000)
  }
  impulse()
  await setUp(board, form, name)
  await clock.run(15 * MINUTE)
  isWell(board)
  ok(sampled(board) >= (flags.IMPULSE === '1' ? 3 : 13), `${sampled(board)} samples in a quarter of an hour`)
  if (flags.IMPULSE === '1') {
    // One impulse in 20 s; what hums on a pin without its pull-up would be a hundred a second.
    const most = clock.now() / 20_000 / IMPULSES_PER_UNIT
    const counted = lastSample(board).match(/&e1=([0-9.]+) /)?.[1]
    ok(Number(counted) - START <= most + 0.001, `the impulse input counts what is not there: ${counted} kWh`)
  }
  equal(hardware.boots, 1, 'starts')
  ok(outside.air.accessPoint?.ssid !== name, 'the set-up network is closed by now')

  hardware.powerOff()
  const before = sampled(board)
  await clock.run(MINUTE)
  equal(sampled(board), before, 'a board without power sends nothing')
  hardware.powerOn()
  // An impulse meter has something to tell after two impulses.
  await until(board, 'a sample from the stored settings', () => sampled(board) > before, 3 * MINUTE)
  isWell(board)
  print('well')
}
