import '../../xs/shim/buffer.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { Board } from './board.js'
import { isWell, sampled, setUp, until } from './journey.js'

const MINUTE = 60_000

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
  equal(hardware.boots, 1, 'starts')
  ok(outside.air.accessPoint?.ssid !== name, 'the set-up network is closed by now')

  hardware.powerOff()
  const before = sampled(board)
  await clock.run(MINUTE)
  equal(sampled(board), before, 'a board without power sends nothing')
  hardware.powerOn()
  await until(board, 'a sample from the stored settings', () => sampled(board) > before)
  isWell(board)
  print('well')
}
