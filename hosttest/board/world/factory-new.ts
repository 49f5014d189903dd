import '../../xs/shim/buffer.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { Board } from './board.js'
import { Contact } from './contact.js'
import { isWell, sampled, setUp, until } from './journey.js'

const MINUTE = 60_000

/** What the form of an impulse meter says, in Wh or litres. */
const START = 1_234_500

/** From the box to the first sample, a quarter of an hour, a restart by power, and the first sample again. Prints `well`. */
export async function factoryNew(form: string, flags: Readonly<Record<string, string>>): Promise<void> {
  const isImpulse = flags.IMPULSE === '1'
  const impulseName = flags.FLOW_METER === '1' ? 'WATER_1234567' : 'EL_1234567'
  const name = isImpulse ? impulseName : flags.FLOWIQ === '1' ? 'KAM_12345678' : 'KAM_1234567'
  const board = new Board({ flags })
  const { clock, hardware, outside } = board
  const contact = new Contact(board, flags.FLOW_METER === '1')
  hardware.powerOn()
  if (isImpulse) contact.begin()
  await setUp(board, form, name)
  const { given } = contact
  await until(board, 'a sample at the broker', () => sampled(board) > 0, 2 * MINUTE)
  await clock.run(15 * MINUTE)
  contact.end()
  // The newest sample tells the last impulse, and that is stored by now.
  await clock.run(2 * MINUTE)
  isWell(board)
  ok(sampled(board) >= (isImpulse ? 14 : 15), `${sampled(board)} samples in 17 minutes`)
  if (isImpulse) contact.isTold(START, contact.given - given)
  equal(hardware.boots, 1, 'starts')
  ok(outside.air.accessPoint?.ssid !== name, 'the set-up network is closed by now')

  hardware.powerOff()
  const before = sampled(board)
  await clock.run(MINUTE)
  equal(sampled(board), before, 'a board without power sends nothing')
  hardware.powerOn()
  if (isImpulse) contact.begin()
  // An impulse meter has something to tell after two impulses.
  await until(board, 'a sample from the stored settings', () => sampled(board) > before, 3 * MINUTE)
  if (isImpulse) {
    contact.end()
    await clock.run(2 * MINUTE)
    contact.isTold(START, contact.given - given)
  }
  isWell(board)
  print('well')
}
